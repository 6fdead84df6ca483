"""What the Flask apps share: headers, forms, errors, filters, assets, base templates."""
