"""Nobody is forgotten, whatever is killed: the crash run of `tests/crash`, often enough to mean something.

Round after round, each with an office, random ladders and a seed of its own: 5,000 duties come due while phones
report and a desk claims and closes, and watch, sender, web and PostgreSQL are killed (SIGKILL) 50 times amid their
work. Each round is kept in a file: a run that was interrupted goes on where it stopped, if the code is the same.

Goals over all rounds together: at least 100,000 duties and 1,000 SIGKILLs (100 of them on PostgreSQL), at least 90 %
while work was in flight; no duty forgotten and no acknowledged report lost in any round; at most 1 % of the messages
carried twice, and each of those marked. With --sabotage one promise is broken on purpose: then a round has to notice,
and the goal is missed.

    .venv/bin/python bench/crash.py [--short] [--sabotage after_commit|lock|dropped_ack] [--file FILE] [--again]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ROUND = {"duties": 5_000, "kills": 50}
SHORT = {"duties": 300, "kills": 8}
ROUNDS = 20
DUTIES, KILLS, ON_POSTGRES, IN_FLIGHT, TWICE = 100_000, 1_000, 100, 0.9, 0.01


def code() -> str:
    """Which code is tried: a round of another one says nothing about this."""
    files = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "tests" / "crash").glob("*.py")])
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def one(seed: int, sabotage: str, duties: int, kills: int) -> dict[str, Any]:
    """One round; what was seen. A round that ends without figures (an error of its own) doesn't count as held."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [sys.executable, "-m", "tests.crash.run", "--seed", seed, "--duties", duties, "--kills", kills]
        command += ["--sabotage", sabotage] if sabotage else []
        began = time.monotonic()
        done = subprocess.run([*map(str, command), "--figures", file.name], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        said = Path(file.name).read_text()
        seen = json.loads(said) if said else {"held": False, "seed": seed}
        wrong = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
        return {**seen, "code": code(), "wrong": wrong, "seconds": time.monotonic() - began}


def summed(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """All rounds together."""
    names = ("duties", "told", "reports acknowledged", "messages carried", "sent again, marked", "in flight", "seconds")
    found: dict[str, Any] = {name: sum(each.get(name, 0) for each in rounds) for name in names}
    killed = [each.get("killed", {}) for each in rounds]
    found["SIGKILLs"] = sum(sum(each.values()) for each in killed)
    found["on PostgreSQL"] = sum(each.get("postgres", 0) for each in killed)
    found["rounds held"] = sum(each["held"] for each in rounds)
    return found


def judged(rounds: list[dict[str, Any]], whole: bool) -> bool:
    """Print the figures of all rounds; whether the goals are met (`whole`: those of size too)."""
    all_in_all = summed(rounds)
    for name, value in all_in_all.items():
        print(f"{name}: {value:,.0f}")
    kills, carried = max(all_in_all["SIGKILLs"], 1), max(all_in_all["messages carried"], 1)
    print(f"in flight: {all_in_all['in flight'] / kills:.1%} of the kills (goal ≥ {IN_FLIGHT:.0%})")
    print(f"carried twice, marked: {all_in_all['sent again, marked'] / carried:.2%} (goal ≤ {TWICE:.0%})")
    big = all_in_all["duties"] >= DUTIES and kills >= KILLS and all_in_all["on PostgreSQL"] >= ON_POSTGRES
    held = all(each["held"] for each in rounds) and all_in_all["in flight"] >= IN_FLIGHT * kills
    return held and (big or not whole) and (all_in_all["sent again, marked"] <= TWICE * carried or not whole)


def rounds_of(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Live the rounds that are still to come; one that breaks is the last."""
    kept: Path | None = None if asked.short or asked.sabotage else asked.file
    if kept and asked.again:
        kept.unlink(missing_ok=True)
    lines = kept.read_text().splitlines() if kept and kept.exists() else []
    rounds = [seen for line in lines if (seen := json.loads(line))["code"] == code()]
    for seed in range(len(rounds) + 1, (1 if asked.short else ROUNDS) + 1):
        rounds.append(one(seed, asked.sabotage, **(SHORT if asked.short else ROUND)))
        seen = rounds[-1]
        what = "held" if seen["held"] else "NOT HELD"
        print(f"round {seed}: {what}, {seen.get('duties', 0):,} duties, {seen['seconds']:.0f} s", flush=True)
        print("".join(f"  {line}\n" for line in seen["wrong"]), end="")
        if kept:
            kept.parent.mkdir(exist_ok=True)
            with kept.open("a") as file:
                file.write(json.dumps(seen) + "\n")
        if not seen["held"]:
            break
    return rounds


def main() -> None:
    """Live all rounds, say what was seen, and the verdict last."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--short", action="store_true", help="one small round, under a minute")
    ask.add_argument("--sabotage", choices=["after_commit", "lock", "dropped_ack"], default="")
    ask.add_argument("--file", type=Path, default=ROOT / "data" / "bench-crash.jsonl", help="where rounds are kept")
    ask.add_argument("--again", action="store_true", help="forget the rounds that were kept")
    asked = ask.parse_args()
    met = judged(rounds_of(asked), whole=not asked.short)
    print("goal met" if met else "goal missed")
    sys.exit(not met)


if __name__ == "__main__":
    main()
