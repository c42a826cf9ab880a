"""What screens are made of: fields to answer, the drawn network, mathematics, bars."""
