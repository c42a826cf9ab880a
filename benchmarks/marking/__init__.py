"""How well marking does: right work refused, wrong work accepted, slips named, time; beside others' published rules.

python -m benchmarks.marking              the whole table (a few minutes)
python -m benchmarks.marking --quick      a tenth of it
"""
