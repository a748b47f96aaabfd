"""Who holds it: a dispute as statements, rules, options, money and bargaining, each with its source.

The ledger (`statements`, `conflicts`, `forecasts`) keeps what was said, by whom and when; the law book (`lawbook`,
`rules`, `review`) reads legal instruments as three-valued rules over it; `options` asks what each way out would need
and clear; `money` keeps ranges of sums apart. Nothing here is legal advice.
"""
