# Shorthand only: every target is one command, which needs neither make nor this file.
MANAGE = python3 run.py manage
WORKERS = docker compose -f docker-compose.workers.yml

# What there is, in the order of this file.
help:
	@sed -n -e 's/^# --- /\n/p' -e 's/^\([a-z][a-z -]*\):$$/  make \1/p' Makefile

.PHONY: help demo up check docs test test-queue test-integration chaos \
	start-server start-worker dev-all dev-worker workers workers-dev scheduler \
	worker-all worker-research worker-enrichment worker-scoring worker-signals worker-health \
	queue-status queue-clean redis-start redis-stop docker-workers docker-workers-build docker-workers-down

demo:
	python3 run.py demo
up dev-all:
	python3 run.py up
check:
	.ci/run
docs:
	python3 run.py docs

# --- Tests
test:
	python3 run.py test
test-queue:
	python3 run.py test tests/jobs
test-integration:
	python3 run.py test tests/survival tests/browser
chaos:
	python3 run.py chaos

# --- Programs, one by one
start-server:
	$(MANAGE) runserver $${PORT:-3000}
start-worker worker-all workers:
	$(MANAGE) workers
workers-dev dev-worker:
	$(MANAGE) workers --reload
scheduler:
	$(MANAGE) rqscheduler
worker-research:
	$(MANAGE) rqworker research
worker-enrichment:
	$(MANAGE) rqworker enrichment
worker-scoring:
	$(MANAGE) rqworker scoring
worker-signals:
	$(MANAGE) rqworker signals

# --- Looking and tidying
worker-health:
	$(MANAGE) worker_health
queue-status:
	$(MANAGE) queue_status
queue-clean:
	$(MANAGE) queue_clean

# --- Containers
redis-start:
	docker compose up --detach redis
redis-stop:
	docker compose stop redis
docker-workers:
	$(WORKERS) up --detach
docker-workers-build:
	$(WORKERS) build
docker-workers-down:
	$(WORKERS) down
