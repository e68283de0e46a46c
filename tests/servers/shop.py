"""A shop as a Django application: login form with CSRF, cart, checkout.

    uvicorn --app-dir tests/servers shop:app --port 8002

Customers are those of the file that SHOP_CUSTOMERS names.
"""

import csv
import os
import tempfile
from pathlib import Path

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.management import call_command
from django.http import HttpResponse, JsonResponse
from django.urls import path

FOLDER = Path(tempfile.mkdtemp(prefix="shop-"))
LOGIN = """<!doctype html><title>Log in</title>
<form method="post">{% csrf_token %}{{ form }}<button>Log in</button></form>"""
HOME = "<!doctype html><title>Shop</title><h1>Welcome, {}</h1>"
CUSTOMERS = Path(__file__).parents[2] / "scenarios/examples/customers.csv"

settings.configure(
    ALLOWED_HOSTS=["*"],
    AUTH_PASSWORD_VALIDATORS=[],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": FOLDER / "shop.sqlite3",
        }
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
    ],
    LOGIN_REDIRECT_URL="/",
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    # Hashing passwords as it is done in production would be all that is measured.
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of the tests",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.locmem.Loader",
                        {"registration/login.html": LOGIN},
                    )
                ]
            },
        }
    ],
)
django.setup()

from django.contrib.auth.decorators import login_required  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.auth.views import LoginView  # noqa: E402

ARTICLES = [
    {"id": number, "name": name, "price": price}
    for number, name, price in [(7, "Teapot", "19.90"), (8, "Cup", "4.50"), (9, "Tray", "12.00")]
]


@login_required
def home(request):
    return HttpResponse(HOME.format(request.user.username))


@login_required
def articles(request):
    return JsonResponse({"articles": ARTICLES})


@login_required
def cart(request):
    """Puts an article in."""
    wanted = int(request.POST["article"])
    request.session.setdefault("cart", []).append(wanted)
    request.session.modified = True
    return JsonResponse({"size": len(request.session["cart"])}, status=201)


@login_required
def checkout(request):
    """Orders what is in the cart, which is empty afterwards."""
    ordered = request.session.pop("cart", [])
    if not ordered:
        return JsonResponse({"error": "the cart is empty"}, status=409)
    return JsonResponse({"by": request.user.username, "articles": ordered}, status=201)


urlpatterns = [
    path("", home),
    path("login/", LoginView.as_view()),
    path("articles/", articles),
    path("cart/", cart),
    path("checkout/", checkout),
]

call_command("migrate", verbosity=0)
with open(os.environ.get("SHOP_CUSTOMERS", CUSTOMERS), newline="") as file:
    for row in csv.DictReader(file):
        User.objects.create_user(row["name"], password=row["password"])

app = get_asgi_application()
