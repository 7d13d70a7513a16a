"""Everything that the job center can bring in or take out."""

from apps.jobs.registry import register_import
from apps.products import files as products

for one in products.IMPORTS:
    register_import(one)
