"""How the gate tells a page script who is asking: a request header that only this process can make.

A script sees the headers of its WebSocket's handshake. What a client sends under this name is thrown away by the gate,
and without the gate (`streamlit run app.py`) nobody knows the key, which lives as long as the process.
"""

import secrets

from itsdangerous import BadSignature, URLSafeSerializer

HEADER = "x-kpi-session"
_signer = URLSafeSerializer(secrets.token_bytes(32))


def sign(token: str, address: str) -> str:
    """Return the header's value for the session `token` of a client at `address`."""
    return _signer.dumps([token, address])


def verified(value: str | None) -> tuple[str, str] | None:
    """Return token and address of a value that `sign` of this process made, None for anything else."""
    try:
        token, address = _signer.loads(value or "")
    except (BadSignature, ValueError, TypeError):
        return None
    return token, address
