"""The words that the reading of a text knows, as data: what moves, what it is good or bad for, and what is said of it.

Phrases are separated by commas; hyphens and spaces between words are the same. A verb stands in its base form and is
inflected, unless its forms are written out with slashes. A noun stands in the singular. `tone.py` says how the words
are put together, `phrases.py` how they are looked up.
"""

from __future__ import annotations

from typing import Final

from sentiment.research.text.tokens import wordset

# (sign when it rises, tone when nothing is said of it, nouns): profits should rise, costs should fall; the tone of
# the bare word is 0 where it merely names a thing ("profit was EUR 4.5 mn").
OBJECTS: Final = (
    (
        1,
        0.0,
        """
        profit, burn rate, premium, return on capital, return on capital employed, roce, roi, roe, earnings, profit
        before tax, profit before taxes, pretax profit, pre tax profit, operating profit, net profit, income before
        taxes, profit after tax, gross profit, operating income, result before taxes, hacked funds, stolen funds,
        stolen assets, coin price, token price, net result, sale, net sales, revenue, turnover, income, net income,
        net interest income, result, results, eps, earnings per share, profit per share, margin, ebit, ebitda, ebita,
        operating result, demand, order book, order backlog, backlog, order intake, order, booking, order bookings,
        share, stock, price, share price, dividend, market share, cash flow, productivity, capacity, capacity
        utilisation, capacity utilization, efficiency, volume, shipment, delivery, export, production, output,
        subscriber, customer, client, user, passenger, passenger number, traffic, visitor, footfall, circulation,
        outlook, guidance, forecast, rating, confidence, sentiment, economy, gdp, spending, investment, liquidity,
        solvency, equity ratio, value, valuation, target price, price target, job, employment, employee, staff,
        personnel, workforce, profitability, competitiveness, agreement, contract, deal, cooperation, collaboration,
        market cap, market capitalisation, market capitalization, crypto, cryptocurrency, token, coin, altcoin, hash
        rate, hashrate, tvl, total value locked, adoption, activity, usage, index, equity, risk asset, risk appetite,
        appetite, license, licence, permit, fundamentals, quality, position, advertising, unit sales, comparable
        sales, retail sales, return on equity, return on investment, market, flight, consumption, dominance of
        bitcoin, peg, accumulation, performance, selling price, average price, network, ipo, funds, buyer, holder,
        bull, miner, etf, reserve, support, support level, key level, growth rate, success rate, occupancy rate,
        headcount, popularity, trading volume, industry, sector, futures, financing, funding, dollar peg, strategy""",
    ),
    (1, 0.12, "growth, new record"),
    (
        1,
        0.35,
        """
        strength, hope, growth of, earnings growth, revenue growth, economic growth, growth in sales, growth in
        demand, momentum, synergy, saving, cost savings, benefit, opportunity, optimism, bullish momentum, upswing,
        progress, sales growth, profit growth, advantage, breakthrough, milestone""",
    ),
    (
        1,
        0.55,
        """
        inflow, net inflow, etf inflow, recovery, rally, bounce, upside, upturn, green light, approval, partnership,
        success, victory, all time high, record high, record highs, new high, bull run, bull market, improvement,
        turnaround, rate cut, interest rate cut, stimulus, short squeeze, relief rally, golden cross, buying pressure,
        breakout, euphoria, net buyer, soft landing, legal clarity, regulatory clarity, greed, win""",
    ),
    (
        -1,
        0.0,
        """
        cost, expense, fuel cost, fuel price, discount, cpi, ppi, debt, net debt, liability, inflation, volatility,
        competition, leverage, tax, fee, interest rate, rate, bond yield, funding rate, raw material price, raw
        material cost, energy price, material price, supply, inventory, exchange balance, exchange reserve, energy
        consumption, fuel consumption, emission, unit cost, mining difficulty, unit costs, energy use, rules,
        restrictions, requirements, regulations, red tape, bureaucracy, resistance, resistance level, rent, wage,
        churn, short position, yield, tax rate, waste, lead time, downtime, basis risk, reliance, restriction,
        limitation""",
    ),
    (-1, -0.12, "risk, token unlock, short interest, hawkish tone"),
    (
        -1,
        -0.3,
        """
        headwind, tension, sanction, tariff, overhang, debt burden, token unlock, unrealized losses, overcapacity,
        hacker, attacker, scammer, hawkish, bearish momentum, hawkish fed, hawkish tone, tighter policy, hot
        inflation, higher for longer""",
    ),
    (
        -1,
        -0.45,
        """
        loss, net loss, operating loss, pretax loss, pre tax loss, loss before taxes, deficit, credit loss, loan loss,
        impairment loss, impairment, writedown, write down, write off, fear, concerns, concern over, concern about,
        worry, uncertainty, weakness, slowdown, correction, downturn, recession, pressure, selling pressure, sell
        pressure, pain, stress, unemployment, delay, outflow, net outflow, etf outflow, redemption, liquidation, sell
        off, selloff, heavy selling, forced selling, selling spree, panic selling, vulnerability, lawsuit, probe,
        investigation, setback, downside, turmoil, shortage, rate hike, interest rate hike, scandal, dispute,
        disruption, rejection, bear market, crypto winter, bug, net seller, danger, losing streak, shortfall,
        backlash, recession worries, recession fears, threat, problem, difficulty, trouble, jitters, gloom, anxiety,
        rate hikes, fud, downtrend, damage, penalty, unrest, crackdown, stagnation, contraction, overheating,
        reorganisation cost, skepticism""",
    ),
    (
        -1,
        -0.65,
        """
        layoff, lay off, redundancy, job cut, job losses, personnel reduction, staff reduction, bankruptcy,
        insolvency, liquidity crisis, default, crash, slump, meltdown, panic, capitulation, fraud, scam, rug pull,
        hack, glitch, congestion, shutdown, exit scam, pump and dump, class action, wells notice, cease and desist,
        data leak, attack, exploit, breach, theft, outage, profit warning, crisis, depeg, death cross, record low, all
        time low, major collapse, long liquidation, money laundering, ponzi scheme, terrorism, death spiral,
        contagion, turmoil, heist, exploitation, wipeout, bloodbath, carnage, exodus, ransomware, ban""",
    ),
    (
        0,
        0.0,
        """
        open interest, high quality, number of shares, share capital, voting right, stake, holding, ownership,
        dominance, number of votes, floor area, share of votes, share of the votes, treasury share, option right,
        capital gain, stablecoin, average age, temperature, bitcoin dominance, share issue, amount of shares,
        shareholding""",
    ),
)

# (direction, tone when no object is found, where to look for the object, verbs): "left" looks back first unless the
# next word is a noun phrase of its own, "right" looks only ahead.
VERBS: Final = (
    (
        1,
        0.5,
        "left",
        """
        rise/rises/rose/risen/rising, increase, grow/grows/grew/grown/growing, climb, jump, gain,
        advance/advances/advancing, recover, improve, strengthen, accelerate, expand, boost, raise, pick up, exceed,
        outperform, outpace, appreciate, bolster, buoy/buoys/buoyed, propel, catapult, lure, tick higher, grind
        higher, creep up, ratchet up, restock, firm up, outgrow/outgrows/outgrew, pull ahead, edge higher, inch
        higher, nudge up, surpass, overtake/overtakes/overtook, outshine, edge up, tick up, inch up, firmed/firming,
        move higher, rebound, bounce, bounce back, perk up, pop/pops/popped, leap/leaps/leapt/leaped,
        upgrade/upgraded, enhance, turn profitable, revive, resume/resumes/resumed, tops/topped/topping, trend higher,
        brighten, snap back""",
    ),
    (
        1,
        0.7,
        "left",
        """
        surge, soar, skyrocket, rocket/rockets/rocketed, doubles/doubled/doubling, triples/tripled/tripling,
        quadrupled/quadruples, spike, moon/mooned, rally/rallies/rallied/rallying, outstrip,
        boom/booms/boomed/booming, explode/exploded, go parabolic, more than double, more than triple,
        balloon/ballooned""",
    ),
    (
        -1,
        -0.5,
        "left",
        """
        fall/falls/fell/fallen/falling, drop, decline, decrease, slip, slide/slides/slid/sliding, dip,
        sink/sinks/sank/sunk/sinking, retreat, weaken, deteriorate, halve, shed/sheds/shedding,
        lose/loses/lost/losing, contracted/contracting, shrink/shrinks/shrank/shrunk/shrinking, worsen, stumble, edge
        down, tick down, wobble, dwindle, go down/goes down/went down, drift lower, stagnate, backtrack, underperform,
        pull back, lag, nosedive, retrace, roll over, give up gains, downgrade, devalue, depreciate, erode,
        cave/caves/caved, tail off, skid/skids/skidded, sputter, waver, tick lower, edge lower, inch lower, drift
        down, creep down, vanish, ebb, lose steam/loses steam/lost steam/losing steam, slip back, give back, unravel,
        surrender, buckle, dry up, run dry, break down, fall short, cool off, lower/lowers/lowered/lowering""",
    ),
    (
        -1,
        -0.7,
        "left",
        """
        plunge, plummet, tumble, slump, tank/tanks/tanked/tanking, crash, collapse, dive, crater, crumble, nosedive,
        implode, melt down, bleed/bleeds/bled/bleeding, dump, capitulate, crumple, hemorrhage, slash, wipe out, wipe
        off, get wrecked, flash crash, free fall, rout/routed, dry out""",
    ),
    (
        1,
        0.0,
        "left",
        """
        double/doubling, triple/tripling, widen, deepen, mount, build, build up, pile up, intensify, escalate, add,
        fuels/fueled/fuelled/fueling, spur, swell, prompt/prompts/prompted, trigger, spark, ignite, reignite, extend,
        stoke, heighten, broaden, elevate, persist, loom, linger, reinforce, step up, ramp up, attract, stimulate,
        underpin, drive/drives/drove/driven/driving""",
    ),
    (
        -1,
        0.0,
        "left",
        """
        narrow, ease, abate, subside, recede, diminish, trim, pare, curb, limits/limiting, dispel, allay, stem,
        reduce, cut/cuts/cutting, avoid, avert, prevent, mitigate, offset, dampen, alleviate, relieve, soothe, cool,
        lessen, moderates/moderated/moderating, minimise, minimize, calm/calms/calmed/calming, quell, shrug off, brush
        aside, defy, tame, flush out, flush, clears/cleared, thwart, foil, recoup, fend off,
        overcome/overcomes/overcame, reverse, erase, halt, stop, resist, resolve, solve, fix/fixes/fixing, patch,
        dismiss, throw out/throws out/threw out, withstand, normalize, normalise, lift sanctions, evaporate,
        dissipate, repay, pay down, pay off, come down/comes down/came down""",
    ),
    (
        -1,
        -0.3,
        "left",
        """
        slow, slow down, hinder, impede, curtail, veto/vetoes/vetoed, delay/delayed/delays, pinch/pinched, fade,
        hurt/hurts/hurting, dent, hamper, burden, squeeze/squeezed/squeezing, fizzle, stall, falter, threaten,
        undermine, disrupt, miss/misses/missed/missing, cancel/cancels/cancelled/canceled, terminate, suspend,
        freeze/freezes/froze/frozen, reject, jeopardise, jeopardize, strain, derail, restrict,
        blocks/blocked/blocking, harm, postpone, sap/saps/sapped, dash/dashed, scare off""",
    ),
    (
        -1,
        -0.4,
        "right",
        """
        weigh on, weigh heavily on, drag down, put pressure on, hammer, pummel, pound/pounded/pounding, rattle, crush,
        decimate, jolt, bruise, plague/plagues, eat away at, take a toll on, pressure, cast doubt on, batter""",
    ),
    (
        1,
        0.0,
        "right",
        """
        achieve, prolong, overlook, ignore, underestimate, enjoy, add, create, lift, log/logs/logged, carry on""",
    ),
    (
        1,
        0.0,
        "deal",
        """
        sign, lands/landed/landing, receive, secure, obtain, book/booked, clinch, bag/bagged, get/gets/got,
        ink/inks/inked, renew, conclude, enter into/enters into/entered into, grant, strike/strikes/struck,
        approve/approved, gain""",
    ),
    (1, 0.0, "site", "open"),
    (-1, 0.0, "site", "close/closes/closed/closing, shutter, idle, evacuate, mothball"),
    (-1, 0.0, "break", "break/breaks/broke/broken/breaking"),
    (
        1,
        0.5,
        "right",
        """win/wins/won/winning, award, regain, reclaim, support growth, accumulate""",
    ),
    (
        -1,
        0.0,
        "right",
        """
        overreact to, overestimate, overstate, exaggerate, overprice, cut back, end/ends/ended""",
    ),
    (-1, -0.3, "right", """cap/caps/capped, scrap, axe/axed, ax/axed, eliminate, write down, dismantle"""),
)

# (direction, tone when no object is found, where to look, words that are not inflected)
MODIFIERS: Final = (
    (1, 0.5, "particle", "up"),
    (-1, -0.5, "particle", "down"),
    (
        1,
        0.5,
        "left",
        """
        higher, stronger, bigger, record, upward, increase in, increases in, growing, rising, rise, best ever""",
    ),
    (
        -1,
        -0.5,
        "left",
        """
        breaks below, broke below, break below, lower, weaker, downward, worse, poorer, sluggish, depressed, decrease
        in, reduction in, weakening, falling, declining, worsening, shrinking, softer, softness, weakest, in decline,
        lackluster""",
    ),
    (
        1,
        0.5,
        "left",
        """
        strong, robust, solid, healthy, buoyant, brisk, strongest, resilient, firm demand, favourable""",
    ),
    (
        -1,
        -0.5,
        "left",
        """
        weak, poor, soft, tepid, lacklustre, bleak, gloomy, disappointing, fragile, anaemic, anemic""",
    ),
    (
        1,
        0.0,
        "left",
        """
        high, highest, heavy, massive, elevated, severe, rampant, acute, excessive, highs, intense""",
    ),
    (
        -1,
        0.0,
        "left",
        """
        low, lowest, subdued, muted, overdone, overblown, exaggerated, distant, lows, unfounded, contained, reduction
        of, slower, lesser, cheap, halted, off the table, in check, near zero""",
    ),
    (1, 0.0, "right", "more, greater, mounting, additional, fresh, renewed, deeper, larger, extra"),
    (-1, 0.0, "right", "less, fewer, smaller, lower than expected, end of, end to, relief from"),
    (
        -1,
        0.7,
        "left",
        """
        bottoming, bottoming out, bottomed, bottomed out, signs of bottoming, sign of bottoming""",
    ),
)

# (tone, words that are not inflected unless a verb list says so)
SAID: Final = (
    (
        0.7,
        """
        bullish, extremely strong, record profit, record result, record sales, back in the black, in the black, swung
        to a profit, swung to profit, swing to profit, swings to profit, returned to profit, return to profit, returns
        to profit, turned to a profit, turned to profit, turned a profit, record breaking, turn to profit, rate cuts,
        beat expectations, beat estimates, beats estimates, beats expectations, strong buy, relative buy, strong
        relative buy, buy the dip, buys the dip, buying the dip, entry point, to the moon, upgraded to buy""",
    ),
    (
        0.5,
        """
        beat, beats, beating, impressive, outstanding, superb, remarkable, lucrative, competitive, resurgent, stellar,
        unprecedented growth, lucratively, on the mend, in good shape, second best, smashed, smashes, shatters record,
        new lows for fees, cheaper, affordable, flawless, debt free, stabilised, stabilized, stabilises, wins order,
        rebate, bonus, tax cut, tax cuts, tailwind, tailwinds, endorsement, clearance, alliance, worst is over,
        winning streak, fresh high, fresh highs, fresh peak, new highs, ahead of schedule, fomo, santa rally, ease
        rules, pro business, upgrade to buy, raised to buy, ahead of plan, largest order, biggest order, largest ever,
        highest ever, exercised an option, additional order, happy, delighted, glad, proud, satisfactory, better,
        lifts ban, lift ban, lifted ban, lifts the ban, lifts sanctions, wins lawsuit, wins case, wins appeal, wins
        court, court win, legal win, legal victory, sides with, in favor of, rules in favor, drops case, drops
        lawsuit, drops charges, dismisses lawsuit, case dismissed, approves, opens the door to, refunds, refund,
        reimburses, reimburse, compensates, altcoin season, altseason, buy signal, double bottom, support holds,
        falling wedge, inverse head and shoulders, bull flag, full capacity, granted a patent, patent granted,
        received a patent, shortens, speeds up, speed up, thrive, thrives, thriving, flourish, praises, hails,
        endorses, crypto friendly, pro crypto, relief, safe haven, resilience, legalizes, legalises, legalize,
        outpaces, strategic reserve, fastest growing, market leading growth, unicorn, oversubscribed, sold out, sells
        out, wins over, best in class, cost efficient, gains ground, gaining ground, gains control, strikes
        partnership, comeback, uptick, profitable, successful, successfully, excellent, promising, positive,
        optimistic, upbeat, pleased, satisfied, favorable, encouraging, outperform rating, oversold, undervalued,
        attractive, dovish, above expectations, above estimates, ahead of expectations, exceeded expectations, exceeds
        expectations, best year, buy rating, upgraded, outperforms, well positioned, cost effective, award winning,
        breaks out, break out, broke out, breaks above, broke above, broke through, breaks through, bottom is in,
        found a bottom, turning point, be the low, is the low, was the low, low is in, be the bottom, was the bottom,
        is the bottom, supported by, thanks to, boosted by, helped by, driven by growth, more efficient, efficient,
        competitive edge, improved, gains traction, traction, greenlight, greenlights, goes live, went live, good
        year, good result, first choice, preferred partner, preferred supplier, has been chosen, returned stolen
        funds, return stolen funds, returns stolen funds, was chosen, was selected, been selected, higher than
        expected profit, bull case, all clear, legal tender status, wins approval, uptrend, cheer, cheers, long term
        holders, de escalation, truce, ceasefire, trade deal, extra dividend, special dividend, higher dividend, rate
        cut hopes, strategic bitcoin reserve, accumulating, guilty no more, not guilty, acquitted, good, risk on,
        winners, bulls, best quarter, best ever, best month, best week, best day, best result, fully recovered""",
    ),
    (
        0.3,
        """
        to accept, accepts, now accepts, accepting, allows, backs, exemption, saves, save time, simplifies, easier,
        will hire, to hire, airdrop, mainnet launch, listing, gets listed, listed on binance, listed on coinbase,
        funding round, purchases, buys more, bought another, break even, breaks even, broke even, broader, wider
        range, invests in, flips, valued at $, awarded, honoured, strategic partnership, cooperation agreement, to buy
        more, able to increase, clearly improved, new stores, hiring, clarity, meet its, meets its, met its, recruit,
        recruits, recruiting, efficient, innovative, flexibility, reliable, faster than anticipated, faster than
        expected, enables, enable, welcomed, progressed, on track, beneficial, sustainable growth, will strengthen,
        live trial, worth exploring, preferred, exclusive, streamline, optimise, optimize, modernise, confident,
        popular, million copies, partners with, partner with, teams up with, team up with, teams up, joins forces,
        integrates, embraces, embrace, adopts, opens door to, opens the door for, unlocks, mainstream, institutional
        demand, back above, buyback, buy back, share repurchase, five year agreement, is buying, are buying, buys
        another, long awaited, helps, help, wins over, first ever, holds above, for the first time""",
    ),
    (
        0.1,
        """
        launch, launches, launched, unveils, acquire, acquires, acquisition, invests, debuts, introduces, rolls out""",
    ),
    (
        -0.7,
        """
        bankrupt, insolvent, hacked, exploited, drained, stolen, stole, steals, steal, fraudulent, looted, rugged,
        chapter 11, receivership, swung to a loss, swung to loss, swings to loss, swing to a loss, turned to a loss,
        fell into the red, in the red, into the red, worst, catastrophic, disastrous, money laundering charges, found
        guilty, pleads guilty, pleaded guilty, guilty, convicted, sentenced, jailed, prison, arrested, arrests,
        indicted, charged with, embezzled, embezzlement, halts withdrawals, halted withdrawals, pauses withdrawals,
        freezes withdrawals, suspends withdrawals, liquidated, wiped out, sell rating, out of cash, no end in sight,
        fear the worst, breaches of, ponzi, manipulated, laundered, laundering, files for bankruptcy, shut down, shuts
        down, shutting down, underwater, insider trading, lay off, lays off, laid off, laying off, counterfeit""",
    ),
    (
        -0.5,
        """
        given notice, dismal, stagnant, lossmaking, troubled, ailing, beleaguered, embattled, condemned, condemns,
        confiscated, penalised, penalized, phished, panicked, panic, feared, anxious, jittery, wary, skittish, shaken,
        stunned, costlier, pricier, strong currency, strong euro, strong krona, strong krone, stronger euro, headwind
        from currency, overleveraged, damaged, vulnerable, meltdown, overrun, overruns, cost overruns, bogus,
        stalemate, boycott, sabotage, deadlock, raided, raid, probed, underperforming, breaks law, unlawful,
        unlawfully, defect, defects, malfunction, malfunctioned, mismanagement, understaffed, wage dispute, walkout,
        protest, protests, spiral, spirals, spiralling, spiraling, deaths, killed, injured, contaminated,
        contamination, pollution, shuts off, cuts off, sell wall, in danger, gives way, give way, gave way, slams,
        slammed, blasts, mocks, bashes, criticizes, criticises, alarm, alarming, offload, offloads, offloading,
        offloaded, withdrawn, long wait, behind schedule, over budget, rekt, streak of losses, cut to sell, profit
        taking, take profits, red ink, half of their value, extreme fear, extreme low, lawsuit against, jail, jailed,
        overshadowed, clouded, clouds, tensions, strict rules, stricter, losing money, loses money, lost money, ran
        out, runs out of, default on, misses deadline, missed deadline, gave notice, give notice, not renewed, idled,
        downsizing, downsize, dismissals, no dividend, omits dividend, fake, leaked, leaks, kidnapped, extorted,
        extradited, extradition, charged, sanctioned, blacklisted, blacklists, abandons, abandoned, abandon, ditches,
        ditched, exits, investors pull, investors yank, investors exit, pulls out, pulled out, withdraws, withdrew,
        sell signal, head and shoulders, double top, rising wedge, dangerous, dead, dies, kills, kill, war, invasion,
        risky, anti crypto, halts, cratering, emptied, spook, spooks, spooked, loses ground, lose ground, losing
        ground, ate into, eats into, eat into, eating into, urges against, against making, insolvent, no longer able,
        forced to close, forced to sell, overcharged, tax evasion, collapsed, ex convict, hit hard by, support breaks,
        peg breaks, outdated, sour, soured, sours, unsuccessful, unsuccessfully, unfavorably, turbulence, turbulent,
        toxic, nervousness, bitter, misleading, misled, defrauded, defrauding, defraud, deceptive, scams, rigged,
        target ledger users, wreak, havoc, grim, dire, ugly, punished, woes, woe, plight, drag, drags, dragged,
        oversupply, bearish outlook, negative, pessimistic, unprofitable, loss making, disappointed, disappoints,
        disappoint, disappointment, missed expectations, missed estimates, misses estimates, misses expectations,
        failure, below expectations, below estimates, below forecast, short of expectations, short of estimates,
        downgraded, difficult, challenging, adverse, unfavourable, unfavorable, struggling, struggle, struggles,
        struggled, hit by, hard hit, hit hard, sues, sued, sue, suing, accuses, accused, accuse, alleges, allegedly,
        fined, fines, banned, bans, banning, outlaw, outlaws, prohibits, prohibited, delists, delisted, delisting,
        delist, overvalued, overbought, overheated, warns, warned, warn, warning, recalls, recalled, faulty,
        defective, resigned, resigns, steps down, stepped down, ousted, fired, under pressure, under fire, downturn,
        suffers, suffered, suffer, halts trading, offline, goes down, went down, goes dark, closed permanently, close
        down, closed down, closing down, closure, closures, will be closed, to be closed, be made redundant, made
        redundant, dismissed employees, strike, accident, fire, explosion, unpaid, overdue, violated, violates,
        violation, illegal, illegally, crackdown on, cracks down, clamps down, subpoena, subpoenas, subpoenaed, flee,
        flees, fleeing, fled, bearish, sceptical, skeptical, doubts, doubt, speaks against, no longer profitable,
        phishing, poisoning, malicious, malware, scammed, cheated, victims, victim, breached, compromised, depegs,
        depegged, stuck, blames, loses its peg, unregistered, charges, hiked rates, hikes rates, doom, doomed, bubble,
        worthless, rug pulled, risk off, lawsuits, injunction, unsustainable, seized, seizes, dumping, due for a
        correction, pull out, losers, brace for, braces for, braced for, evasion, weighed down, dead cat bounce, sank,
        selling off, painful, plagued, shut, seize, exploiting, delisting notice, laggard, red flag, red flags,
        illicit, rejected, dumps, bears eye, bears take, bears target""",
    ),
    (
        -0.3,
        """
        half empty, cautious, delayed, delays, concerned, worried, nervous, uncertain, unclear, slower, bad, sell
        recommendation, reduce recommendation, hold off, impaired, restructuring, codetermination talks, burdened by,
        burdened, due to the weak, volatile, sceptics, criticised, criticized, critic, critics, hampered, unfair, cut
        off, hostile, cools on, overreaches, distress, distressed, restructuring costs, scrutiny, tightening, exposed,
        temporarily, postponed, discontinue, discontinued, wind down, winding down, under threat, caution, cautions,
        tougher, tough, harsh, stringent, ultimatum, denies, denied, denial, opposes, opposed""",
    ),
    (
        0.0,
        """
        limited liability, in advance, in the fall, this fall, track record, on record, record label, for the record,
        savings bank, pension benefits, employee benefits, subject to approval, subject to the approval, requires
        approval, subject to regulatory approval, needs approval, seek approval, seeks approval, awaits approval,
        pressure vessel, pressure vessels, high pressure, low pressure, blood pressure, stress test, stress tests,
        problem solving, by default, exploit the, to exploit, job title, customer base, customers include, whose
        customers, new order of, flat, unchanged, little changed, holds steady, steady, range bound, sideways, gas
        limit, rate limit, market leader, sales network, sales channel, sales channels, production process, production
        line, stock option, stock options, stock price index, shares of the, market area, market areas, open source,
        open banking, opening hours, cutting edge, cut off date, record keeping, low income, high street, high rise,
        highway, high level, high net worth, drop box, hard fork, soft fork, fork, price range, sales volume of,
        growth strategy, growth market, solid waste, solid wood, solid fuel, soft drink, soft drinks, software, soft
        power, strong room, closing of the, closed end, close to, come close, closing price, closely, break fast,
        lunch break, tax break, dead weight, war room, warm start, fast growing market, development costs,
        construction cost, total cost, cost estimate, additional information, more information, for more information,
        gain on, gains on, loss of weight, offset printing, trade union, risk factors, risk free, risk assessment,
        default settings, heart attack, expanded polystyrene, year end, the year end, by year end, month end, end of
        the year, end of the month, end of the quarter, savings account, savings accounts, heavy volume, trading
        volume of, high volume, by the end of, at the end of, the end of, in the end, in the long run, adds support
        for, token support, set up, sets up, setting up, up to, growth stage, start up, start ups, startup, sign up,
        made up, makes up, follow up, end up, ends up, line up, warm up, backed up, wrap up, catch up, down payment,
        no later than, low cost, high end, high tech, high speed, higher education, high school, record date, in
        exchange for, best known, well known, as well as, as well, good governance, new shares, top up, build on, fair
        value, upgrade, raw material, value added, rate of, price analysis, market wrap, stop loss, proof of stake,
        proof of work, terms of, bear witness, fine art, sales price, not disclosed, not disclose, undisclosed, on
        behalf of, other than, fire department, strike price, positive list, negative list, of the shares, bond issue,
        not only, in the wake of, in order to, in order, recent high, new position, her position, his position, as
        feared, than feared, look up, new ceo, grown up, forced to, take over, takeover, top ten, top five, top 10,
        top 5, shares in the, building, building permit, new office, worth of, security, risk management, cost of
        living, free of charge, in charge, charge of, charging, end of year, cash flow statement, better known, back
        up, fear and greed index, crypto fear and greed, test drive, hard drive, the company's outlook, attorney,
        growth company, share issue, share of, number of, number of employees, gives rise to, lost and found, win
        rate, in addition, price tag, stock exchange, shares outstanding, income tax, sales office, sales director,
        sales manager, marketing and sales, head of sales, production plant, production facility, customer service,
        customer services, investment bank, investment company, delivery time, result in, results in, resulted in, as
        a result, earnings release, earnings report, results will be published, stock market, profit and loss, dollar
        bills, added value, add on, rate decision, fed decision, job offer, output device, support team, technical
        support, customer support, security company, security services, share buyback programme, no position, growing
        up""",
    ),
)

# Moves that are also things which can be stopped or extended: "halts decline", "the rally failed".
NOUN_MOVES: Final = wordset("""
        rise increase increases gain gains jump surge rally rallies rebound bounce recovery advance decline declines
        drop drops fall dip slide slump plunge crash collapse retreat decrease decreases spike boom slowdown rout
        climb run upgrade""")
NEGATORS: Final = """
        not, no, never, without, 't, neither, nor, cannot, no longer, none of, nothing, hardly, barely, scarcely,
        instead of, rules out, ruled out, far from, unlikely, unlikely to, no sign of, no signs of"""
# A negator that is bad news by itself.
FAILURES: Final = """
        fail to, fails to, failed to, failing to, unable to, struggles to, refuses to, lack of, lacks, fall short of"""
FAIL: Final = "fail, fails, failed, failing, failure of"
HEDGES: Final = """
        could, may, might, perhaps, possibly, maybe, possible, potentially, appears to, rumored, reportedly, seems"""
STRONGER: Final = """
        sharply, significantly, strongly, substantially, considerably, clearly, heavily, dramatically, steeply, far,
        much, very, extremely, deep, major, drastically, markedly, highly"""
WEAKER: Final = """
        slightly, marginally, somewhat, a little, modestly, a bit, mildly, moderately, little"""
ADVERSATIVES: Final = "but, however, yet, nevertheless, nonetheless, on the other hand"
CONCESSIVES: Final = """
        despite, although, though, even as, even though, in spite of, while, whereas, notwithstanding, regardless of,
        even if, albeit"""
REASONS: Final = """
        as, after, because, because of, due to, amid, following, since, on the back of, owing to, ahead of"""
COMPARED: Final = """
        compared to, compared with, as compared to, as compared with, comparing to, versus, vs, against, as against,
        from, in comparison to, in comparison with, while in, while a year ago"""
OUTWEIGHS: Final = "outweigh, outweighs, outweighed, outweighing, trumps, far outweighs"
EMOTIONS: Final = {
    "fear": 1,
    "fears": 1,
    "panic": 1,
    "pessimism": 1,
    "gloom": 1,
    "greed": -1,
    "euphoria": -1,
    "hype": -1,
}
ABOVE: Final = """
        above, past, over, hits, hit, reach, reaches, nears, crosses, crossed, eyes, targets, target, retakes,
        predicts, reclaims, surpasses, tops"""
BELOW: Final = "below, under, beneath"

PREPOSITIONS: Final = wordset("""
        to from by at below above under over on after before despite with against since until during because than as
        for while but when amid due of in within between among into through following towards toward near around per
        and or if that which who although though past via about is was were are has have had will would""")

# What a deal is made of, and what is opened or closed for good.
DEALS: Final = wordset("""
        order orders contract contracts agreement agreements deal deals licence license permit approval funding
        financing partnership cooperation customers clients extension green""")
SITES: Final = wordset("""
        plant plants mill mills factory factories store stores branch branches unit office offices shop shops
        restaurant restaurants warehouse mine site sites brewery bakery facility dock smelter""")
