"""Accounts as a table of text: csv, Decimal, grouping and format."""
import csv
import io
from collections import defaultdict
from decimal import Decimal


def run():
    rows = ["day,account,amount"]
    for n in range(400):
        rows.append(f"2026-{n % 12 + 1:02}-{n % 28 + 1:02},{('rent', 'food', 'books', 'travel')[n * 7 % 4]},{n * 137 % 900}.{n % 100:02}")
    totals, months = defaultdict(Decimal), defaultdict(lambda: defaultdict(Decimal))
    for row in csv.DictReader(io.StringIO("\n".join(rows))):
        amount = Decimal(row["amount"])
        totals[row["account"]] += amount
        months[row["day"][:7]][row["account"]] += amount
    out = io.StringIO()
    writer = csv.writer(out)
    for month in sorted(months):
        writer.writerow([month, *(f"{months[month][account]:>10,.2f}" for account in sorted(totals))])
    text = out.getvalue()
    return len(text), sum(totals.values()), text.splitlines()[0]
