"""Files and rows: what the exports say, what is accepted, what is not and why. Knows nothing of KPIs."""
