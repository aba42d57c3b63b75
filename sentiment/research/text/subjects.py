"""What texts are about, as data: the words of each topic, and the assets with their names and tickers."""

from __future__ import annotations

from typing import Final

TOPICS: Final = {
    "leverage": """
        leverage, leveraged, open interest, liquidation, margin call, funding rate, perpetual futures, perpetuals,
        deleveraging, long liquidation, net debt, debt, gearing""",
    "support": """
        support, support level, solid support, floor, key support, resistance, resistance level, bottom""",
    "policy": """
        policy, fed, federal reserve, fomc, central bank, rate cut, rate cuts, rate hike, rate hikes, interest rate,
        executive order, stimulus, tariff, hawkish, dovish, ecb, quantitative easing, retirement plans, treasury,
        election, government shutdown, hawkish fed, bank of japan, bank of england, monetary policy, fiscal policy""",
    "positioning": """
        positioning, cme, futures, options, short interest, short squeeze, long positions, short positions, put call
        ratio, short position, basis, hedging, derivatives, whale, exposure""",
    "flows": """
        inflow, outflow, net inflow, net outflow, etf inflow, etf outflow, net seller, net buyer, exchange traded
        funds, flows, redemption, etf, exchange balance, exchange reserve""",
    "adoption": """
        adoption, partnership, mainstream, merchants, legal tender, institutional demand, custody, integration,
        partners with, teams up with, strategic bitcoin reserve, payments""",
    "regulation": """
        regulation, regulator, regulators, regulatory, sec, cftc, lawsuit, ban, bans, sanction, bill, bills, law,
        mica, license, licence, approval, court, judge, lawmakers, senate, congress, esma, prosecutors, crackdown,
        legislation, state duma, antitrust, unregistered, probe, investigation""",
    "security": """
        security, hack, hacked, hacker, exploit, exploited, vulnerability, phishing, breach, scam, theft, stolen,
        quantum, quantum risk, quantum computing, rug pull, outage, bug, attacker, attack, malware, drained""",
    "usage/revenue": """
        usage, revenue, turnover, net sales, sale, active users, active addresses, transactions, transaction, fee,
        user, total value locked, tvl, api calls, order intake, demand, order book, order backlog""",
    "fear": """
        fear, panic, capitulation, fear and greed, fear and greed index, crypto fear and greed, volatility, anxiety,
        vix, sentiment, greed, euphoria, worry""",
    "fundamentals": """
        fundamentals, earnings, profit, valuation, margin, cash flow, eps, operating profit, net profit, dividend,
        hash rate, hashrate, net income, ebit, ebitda, undervalued, overvalued, balance sheet""",
}

# Symbol -> names and tickers. Where one holds a capital, only that spelling is meant: the lower-case word is a
# common one.
ASSETS: Final = {
    "BTC-USD": "bitcoin, btc, xbt",
    "ETH-USD": "ethereum, ether, eth",
    "SOL-USD": "solana, SOL",
    "XRP-USD": "xrp, Ripple",
    "ADA-USD": "cardano, ADA",
    "DOGE-USD": "dogecoin, doge",
    "LTC-USD": "litecoin, ltc",
    "BNB-USD": "bnb, Binance Coin",
    "LINK-USD": "chainlink, LINK",
    "NEAR-USD": "NEAR, Near Protocol",
    "ONE-USD": "ONE, Harmony One",
    "DOT-USD": "polkadot, DOT",
    "AVAX-USD": "Avalanche, avax",
    "TRX-USD": "Tron, trx",
    "TON-USD": "toncoin, TON",
    "ATOM-USD": "Cosmos, ATOM",
    "UNI-USD": "uniswap, UNI",
    "BCH-USD": "bitcoin cash, bch",
    "XLM-USD": "Stellar, xlm",
    "POL-USD": "Polygon, MATIC, POL",
    "SHIB-USD": "shiba inu, shib",
    "ARB-USD": "arbitrum, ARB",
    "OP-USD": "Optimism, OP",
    "APT-USD": "Aptos, APT",
    "SUI-USD": "SUI, Sui",
    "XMR-USD": "monero, xmr",
    "ETC-USD": "ethereum classic, ETC",
    "FIL-USD": "filecoin, FIL",
    "AAVE-USD": "aave",
    "HYPE-USD": "hyperliquid, HYPE",
    "PEPE-USD": "PEPE, Pepe",
    "ALGO-USD": "algorand, ALGO",
    "ZEC-USD": "zcash, zec",
    "ICP-USD": "ICP",
    "HBAR-USD": "Hedera, hbar",
    "GPS-USD": "GPS",
    "SAND-USD": "SAND",
    "GAS-USD": "GAS",
    "APE-USD": "apecoin, APE",
    "USDT-USD": "Tether, usdt",
    "USDC-USD": "usdc",
    "DASH-USD": "DASH",
    "^IXIC": "nasdaq",
    "^GSPC": "s&p, s p 500, sp500",
    "^VIX": "VIX",
    "GC=F": "Gold",
    "MSTR": "microstrategy, Strategy, MSTR",
    "COIN": "coinbase, COIN",
}
STABLE: Final = frozenset({"USDT-USD", "USDC-USD", "^VIX"})
# Names that are ordinary words at the start of a sentence.
NOT_FIRST: Final = frozenset({"Strategy", "Optimism", "Stellar", "Cosmos", "ONE", "NEAR", "OP"})
# Tickers that are ordinary words: not meant in a headline that is all capitals.
WORDS: Final = frozenset({"NEAR", "ONE", "LINK", "GAS", "SAND", "APE", "TON", "DASH", "COIN", "DOT", "HYPE", "OP"})
