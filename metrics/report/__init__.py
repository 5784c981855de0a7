"""The monthly report: what it says (content), made into a document, written in six formats, frozen for ever."""
