"""Published figures against the model: `python -m validation` writes `docs/trust.md` and `docs/claims.md`."""
