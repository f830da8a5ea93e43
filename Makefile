# Shorthand only: every target is one run.py command, which needs neither make nor this file.
.PHONY: demo up test check

demo:
	python3 run.py demo

up:
	python3 run.py up

test:
	python3 run.py test

check:
	.ci/run
