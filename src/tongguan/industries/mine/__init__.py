"""A mine yard 矿区: made recordings with people, vehicles, helmets and a belt, whose boxes, tracks and events are known
exactly; and made scans of a drift with vehicles, people and pillars.

`python -m tongguan.industries.mine --help` writes them into a folder. Figures on them are figures on made data.
"""
