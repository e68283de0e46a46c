"""Five endpoints of an ordering service.

    uvicorn --app-dir tests/servers orders:app --port 8003
"""

import itertools

from fastapi import FastAPI, HTTPException, UploadFile
from pydantic import BaseModel

app = FastAPI()
numbers = itertools.count(1)
orders: dict[int, dict] = {}


class Line(BaseModel):
    article: str
    amount: int


class Order(BaseModel):
    customer: str
    reference: str
    lines: list[Line]
    express: bool


@app.get("/products")
def products(q: str = "", limit: int = 20) -> dict:
    return {"products": [{"id": f"p{number}", "name": f"{q} {number}"} for number in range(limit)]}


@app.get("/products/{product}")
def product(product: str) -> dict:
    return {"id": product, "stock": 3}


@app.post("/orders", status_code=201)
def order(order: Order) -> dict:
    number = next(numbers)
    orders[number] = order.model_dump()
    return {"id": number, "state": "accepted"}


@app.get("/orders/{number}")
def read_order(number: int) -> dict:
    if number not in orders:
        raise HTTPException(404, "no such order")
    return orders[number] | {"id": number}


@app.post("/receipts", status_code=201)
async def receipt(order: int, file: UploadFile) -> dict:
    return {"order": order, "name": file.filename, "bytes": len(await file.read())}
