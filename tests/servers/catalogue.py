"""A catalogue behind OAuth2: client credentials, pages that link to the next one.

    uvicorn --app-dir tests/servers catalogue:app --port 8001
"""

import base64
import secrets

from fastapi import Depends, FastAPI, Form, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

CLIENTS = {"loadtest": "s3cret-of-the-client"}
ITEMS = 45
# A token is good for so many requests, so that a client has to ask for another.
TOKEN_REQUESTS = 10

app = FastAPI()
bearer = HTTPBearer()
left: dict[str, int] = {}


@app.post("/oauth/token")
def token(
    grant_type: str = Form(), client_id: str = Form(), client_secret: str = Form()
) -> dict:
    if grant_type != "client_credentials":
        raise HTTPException(400, "unsupported_grant_type")
    if CLIENTS.get(client_id) != client_secret:
        raise HTTPException(401, "invalid_client")
    access_token = secrets.token_urlsafe(24)
    left[access_token] = TOKEN_REQUESTS
    return {"access_token": access_token, "token_type": "Bearer", "expires_in": 3600}


def client(given: HTTPAuthorizationCredentials = Depends(bearer)) -> None:
    if left.get(given.credentials, 0) == 0:
        raise HTTPException(401, "invalid_token")
    left[given.credentials] -= 1


@app.get("/items", dependencies=[Depends(client)])
def items(request: Request, limit: int = 10, after: str = "") -> dict:
    # The cursor is Base64 with `=` and `+`: a link has to be followed as it stands.
    first = int(base64.b64decode(after).decode().split("+")[1]) if after else 0
    last = min(first + limit, ITEMS)
    cursor = base64.b64encode(f"item+{last}".encode()).decode()
    following = request.url.include_query_params(limit=limit, after=cursor)
    return {
        "items": [{"id": number} for number in range(first, last)],
        "next": str(following) if last < ITEMS else None,
    }
