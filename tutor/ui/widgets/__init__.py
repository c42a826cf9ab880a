"""The widgets that screens share: entries, prose, mathematics, the drawn network, bars and footers."""
