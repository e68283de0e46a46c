"""The small closed load that is run through Locust and through Swarmdeck."""

from locust import HttpUser, constant, task


class Visitor(HttpUser):
    wait_time = constant(0.1)

    @task(3)
    def health(self):
        self.client.get("/api/v1/health/")

    @task(1)
    def refused(self):
        self.client.get("/api/v1/auth/login/")
