// Counting a published count again in the reader's own browser, in exact whole numbers (BigInt).
//
// It is written from the rules in docs/counting.md, apart from the server's engine and its
// referee, and shares no code with them: equal winners are then worth something. It takes every
// raise of the share one by one, so it is slow where there are very many ballots, and says how far it is.

const FUNDED = "funded";
const gcd = (a, b) => (b ? gcd(b, a % b) : a);

export class Tie extends Error {
  constructor(between) {
    super("tie");
    this.between = between;
  }
}

// What the file's inputs say, laid out for counting.
export function electionOf(inputs) {
  const ranking = inputs.ballot === "ranking";
  const scored = inputs.ballot === "points" || inputs.ballot === "scores";
  const listed = inputs.proposals.filter((each) => !each.withdrawn);
  const projects = listed
    .map((each) => ({ id: String(each.number), number: each.number, cost: BigInt(each.cost_pence) }))
    .sort((a, b) => a.number - b.number);
  const known = new Map(projects.map((project, at) => [project.id, at]));
  let places = BigInt(inputs.places ?? 0);
  if (ranking && !places) {
    for (const ballot of inputs.ballots) {
      const length = BigInt(new Set(ballot.ticks).size);
      if (length > places) places = length;
    }
  }
  const groups = [];
  let voters = 0n;
  let blank = 0n;
  for (const ballot of inputs.ballots) {
    const given = new Map();
    if (scored) {
      for (const [number, points] of ballot.points) {
        if (points && known.has(String(number))) given.set(known.get(String(number)), BigInt(points));
      }
    } else {
      [...new Set(ballot.ticks)].forEach((number, at) => {
        if (known.has(String(number))) given.set(known.get(String(number)), ranking ? places - BigInt(at) : 1n);
      });
    }
    const times = BigInt(ballot.times);
    if (given.size) {
      groups.push({ times, given });
      voters += times;
    } else blank += times;
  }
  const votes = projects.map(() => 0n);
  const scores = projects.map(() => 0n);
  for (const { times, given } of groups) {
    for (const [at, points] of given) {
      votes[at] += times;
      scores[at] += times * points;
    }
  }
  const rule = inputs.rule;
  const byPoints = (ranking || scored) && rule.reads === "as-cast";
  const conflicts = projects.map(() => new Set());
  for (const set of rule.exclusive) {
    const inside = set.map((id) => known.get(String(id))).filter((at) => at !== undefined);
    for (const at of inside) for (const other of inside) if (other !== at) conflicts[at].add(other);
  }
  return {
    rule, projects, groups, voters, blank, votes, byPoints, conflicts,
    budget: BigInt(inputs.budget_pence),
    strength: byPoints ? scores : votes,
    lots: new Map(inputs.lots.map((number, at) => [String(number), at]).reverse()),
  };
}

// Those that take part, and those with votes that cost nothing.
function takingPart(election) {
  const { rule, projects, votes, budget, voters, conflicts } = election;
  const inside = [];
  const free = [];
  projects.forEach((project, at) => {
    const named = rule.exclusive.some((set) => set.map(String).includes(project.id));
    if (votes[at] < 1n || project.cost > budget || votes[at] < BigInt(rule.least_votes)) return;
    if (rule.vote_floor && votes[at] * 3n * budget < project.cost * voters) return;
    if (project.cost === 0n && !named) free.push(at);
    else inside.push(at);
  });
  return { inside, free, conflicts };
}

// What parts equals, as far as the rule goes before a lot.
function tieKey(election, at) {
  const key = [];
  for (const tie of election.rule.ties) {
    if (tie === "cost") key.push(election.projects[at].cost);
    else if (tie === "votes") key.push(-election.votes[at]);
    else if (tie === "id") key.push(election.projects[at].id);
    else break;
  }
  return key;
}

function compareKeys(a, b) {
  for (let at = 0; at < a.length; at += 1) {
    if (a[at] < b[at]) return -1;
    if (a[at] > b[at]) return 1;
  }
  return 0;
}

const hasLot = (election, level) =>
  election.rule.ties.includes("lot") && level.every((at) => election.lots.has(election.projects[at].id));
const byLot = (election, level) =>
  [...level].sort((a, b) => election.lots.get(election.projects[a].id) - election.lots.get(election.projects[b].id));

function firstOf(election, level, makesNoDifference) {
  const keys = new Map(level.map((at) => [at, tieKey(election, at)]));
  const best = level.map((at) => keys.get(at)).reduce((a, b) => (compareKeys(b, a) < 0 ? b : a));
  const equal = level.filter((at) => compareKeys(keys.get(at), best) === 0);
  if (equal.length === 1) return equal[0];
  if (hasLot(election, equal)) return byLot(election, equal)[0];
  if (makesNoDifference(equal)) return Math.min(...equal);
  throw new Tie(equal);
}

// Most votes first, passing over what no longer fits.
export function mostVotes(election, projects, left, beside = []) {
  const { conflicts, strength } = election;
  const cost = (at) => election.projects[at].cost;
  const barred = new Set(beside.flatMap((at) => [...conflicts[at]]));
  const keys = new Map(projects.map((at) => [at, tieKey(election, at)]));
  const compare = (a, b) =>
    strength[a] !== strength[b] ? (strength[a] > strength[b] ? -1 : 1) : compareKeys(keys.get(a), keys.get(b));
  const ranked = [...projects].sort((a, b) => compare(a, b) || a - b);
  const funded = [];
  for (let start = 0; start < ranked.length; ) {
    let end = start;
    while (end < ranked.length && compare(ranked[start], ranked[end]) === 0) end += 1;
    let level = ranked.slice(start, end);
    start = end;
    const fitting = level.filter((at) => cost(at) <= left && !barred.has(at));
    const together = fitting.reduce((sum, at) => sum + cost(at), 0n);
    const clash = fitting.some((at) => fitting.some((other) => conflicts[at].has(other)));
    if (fitting.length > 1 && (together > left || clash) && !hasLot(election, fitting)) throw new Tie(fitting);
    if (hasLot(election, level)) level = byLot(election, level);
    for (const at of level) {
      if (barred.has(at) || cost(at) > left) continue;
      funded.push(at);
      left -= cost(at);
      for (const other of conflicts[at]) barred.add(other);
    }
  }
  return { funded, left };
}

// One run of equal shares. `share` is [numerator, denominator] in pence.
function runAt(election, projects, supporters, share) {
  const { groups, conflicts, rule, byPoints } = election;
  const flat = rule.worth === "votes" || (byPoints && rule.worth === "as-cast");
  const worth = (at) => (flat || election.projects[at].cost < 1n ? 1n : election.projects[at].cost);
  let [, den] = share;
  const held = groups.map(() => share[0]);
  let open = new Set(projects);
  const order = [];
  let spent = 0n;

  // The least price a vote (or point) that pays for it: top / (votes * den), or null.
  const priceOf = (at) => {
    const live = supporters[at].filter(([group]) => held[group] > 0n);
    let due = election.projects[at].cost * den;
    let votes = 0n;
    let have = 0n;
    for (const [group, points] of live) {
      votes += groups[group].times * points;
      have += groups[group].times * held[group];
    }
    if (have < due) return null;
    live.sort(([a, m], [b, n]) => {
      const less = held[a] * n - held[b] * m;
      return less < 0n ? -1 : less > 0n ? 1 : 0;
    });
    for (const [group, points] of live) {
      if (due * points <= held[group] * votes) return { top: due, votes };
      due -= groups[group].times * held[group];
      votes -= groups[group].times * points;
    }
    return { top: 0n, votes: 1n };
  };

  for (;;) {
    let best = null;
    let level = [];
    const prices = new Map();
    for (const at of open) {
      const price = priceOf(at);
      if (price === null) {
        open.delete(at);
        continue;
      }
      prices.set(at, price);
      const [top, bottom] = [price.top, price.votes * worth(at)];
      const less = best === null ? -1n : top * best[1] - best[0] * bottom;
      if (less < 0n) [best, level] = [[top, bottom], [at]];
      else if (less === 0n) level.push(at);
    }
    if (best === null) return { order, spent };
    const noDifference = (tied) => {
      if (tied.some((at) => tied.some((other) => conflicts[at].has(other)))) return false;
      const due = new Map();
      for (const at of tied) {
        const { top, votes } = prices.get(at);
        for (const [group, points] of supporters[at]) {
          const [n, d, times] = due.get(group) ?? [0n, 1n, 0];
          due.set(group, [n * votes + top * points * d, d * votes, times + 1]);
        }
      }
      return [...due].every(([group, [n, d, times]]) => times < 2 || (held[group] > 0n && held[group] * d >= n));
    };
    const won = level.length > 1 ? firstOf(election, level, noDifference) : level[0];
    const { top, votes } = prices.get(won);
    const grow = votes / gcd(top, votes) || 1n;
    if (grow > 1n) {
      den *= grow;
      for (let group = 0; group < held.length; group += 1) held[group] *= grow;
    }
    const price = (top * grow) / votes;
    for (const [group, points] of supporters[won]) {
      const owed = price * points;
      held[group] = held[group] > owed ? held[group] - owed : 0n;
    }
    open.delete(won);
    for (const other of conflicts[won]) open.delete(other);
    order.push(won);
    spent += election.projects[won].cost;
  }
}

// Equal shares: raise every voter's share step by step, then fill what is left by most votes.
export async function equalShares(election, projects, pause = async () => {}) {
  const { rule, budget, voters, conflicts } = election;
  const unit = BigInt(rule.unit_pence);
  let share = [0n, 1n];
  if (voters) share = rule.start === "exact" ? [budget, voters] : [(budget / voters / unit) * unit, 1n];
  const people = voters || 1n;
  const whole = budget / (100n * people) / unit;
  const step = rule.step_pence ? BigInt(rule.step_pence) : (whole > 1n ? whole : 1n) * unit;
  const supporters = election.projects.map(() => []);
  election.groups.forEach(({ given }, group) => {
    for (const [at, points] of given) supporters[at].push([group, election.byPoints ? points : 1n]);
  });
  const isFinal = ({ order, spent }) => {
    const taken = new Set(order);
    const barred = new Set(order.flatMap((at) => [...conflicts[at]]));
    const open = projects.filter((at) => !taken.has(at) && !barred.has(at));
    if (!open.length || rule.stop === "at-once") return true;
    return rule.stop === "exhaustive" && !open.some((at) => election.projects[at].cost <= budget - spent);
  };
  let run = runAt(election, projects, supporters, share);
  for (let raises = 0; !isFinal(run); raises += 1) {
    if (raises % 20 === 0) await pause(raises);
    share = [share[0] + step * share[1], share[1]];
    const next = runAt(election, projects, supporters, share);
    if (next.spent > budget) break;
    run = next;
  }
  const rest = projects.filter((at) => !run.order.includes(at));
  if (rule.top_up !== "most-votes" || !rest.length) return { funded: run.order, left: budget - run.spent };
  const topped = mostVotes(election, rest, budget - run.spent, run.order);
  return { funded: [...run.order, ...topped.funded], left: topped.left };
}

const MOST_TIED = 4;
const MOST_ORDERS = 64;

function* permutations(list) {
  if (list.length < 2) yield list;
  else for (const first of list) for (const rest of permutations(list.filter((each) => each !== first))) yield [first, ...rest];
}

// Shares are raised again and again, so a tie on the way may be gone at the end. Where every order
// of the tied funds the same, no lot is needed; else the first tie stands.
async function equalSharesWhereLotsMatter(election, projects, pause) {
  const attempt = async (lots) => {
    try {
      return await equalShares({ ...election, lots: new Map(lots.map((id, at) => [id, at]).reverse()) }, projects, pause);
    } catch (tie) {
      if (!(tie instanceof Tie)) throw tie;
      return tie;
    }
  };
  const drawn = [...election.lots].sort((a, b) => a[1] - b[1]).map(([id]) => id);
  const first = await attempt(drawn);
  if (!(first instanceof Tie)) return first;
  let [tried, found] = [0, null];
  const waiting = [[drawn, first]];
  const names = (list) => [...list].sort((a, b) => a - b).join();
  while (waiting.length) {
    const [lots, tie] = waiting.pop();
    if (tie.between.length > MOST_TIED) throw first;
    const tied = [...tie.between].sort((a, b) => a - b).map((at) => election.projects[at].id);
    for (const order of permutations(tied)) {
      tried += 1;
      if (tried > MOST_ORDERS) throw first;
      const further = [...lots, ...order];
      const made = await attempt(further);
      if (made instanceof Tie) {
        if (made.between.every((at) => further.includes(election.projects[at].id))) throw first;
        waiting.push([further, made]);
      } else if (found === null) found = made;
      else if (names(found.funded) !== names(made.funded)) throw first;
    }
  }
  if (found === null) throw first;
  return found;
}

// Both methods: for each the funded numbers in ascending order and what is left, or the tied numbers.
export async function countAgain(inputs, pause) {
  const election = electionOf(inputs);
  const { inside, free } = takingPart(election);
  const numbers = (list) => list.map((at) => election.projects[at].number).sort((a, b) => a - b);
  const attempt = async (count) => {
    try {
      const { funded, left } = await count();
      return { status: "settled", funded: numbers([...free, ...funded]), left_pence: Number(left) };
    } catch (tie) {
      if (!(tie instanceof Tie)) throw tie;
      return { status: "tie", tie_between: numbers(tie.between) };
    }
  };
  return {
    most_votes: await attempt(async () => mostVotes(election, inside, election.budget)),
    equal_shares: await attempt(() => equalSharesWhereLotsMatter(election, inside, pause)),
  };
}

// Whether a published result says the same as a count made here.
export function agrees(published, made) {
  if (published.status !== made.status) return false;
  const sorted = (list) => list.map(Number).sort((a, b) => a - b).join();
  if (made.status === "tie") return sorted(published.tie_between) === sorted(made.tie_between);
  return sorted(published[FUNDED]) === sorted(made.funded) && published.left_pence === made.left_pence;
}

// --- the button --------------------------------------------------------------------------------

if (typeof document !== "undefined") {
  for (const place of document.querySelectorAll("[data-recount]")) {
    const button = place.querySelector("button");
    const said = place.querySelector("[data-recount-said]");
    const words = place.dataset;
    place.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      said.textContent = words.working;
      try {
        const file = await (await fetch(words.recount)).json();
        const pause = async (raises) => {
          said.textContent = words.raised.replace("%(n)s", raises);
          await new Promise((resume) => setTimeout(resume));
        };
        const made = await countAgain(file.inputs, pause);
        const same = agrees(file.result.most_votes, made.most_votes) && agrees(file.result.equal_shares, made.equal_shares);
        said.textContent = same ? words.same : words.differs;
      } catch {
        said.textContent = words.failed;
      }
      button.disabled = false;
    });
  }
}
