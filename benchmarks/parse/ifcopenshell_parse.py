"""Reads GlobalId, name, type and all properties of every product with IfcOpenShell, as main.go
beside it does. Needs: pip install ifcopenshell."""
import resource
import sys
import time

import ifcopenshell
import ifcopenshell.util.element as element

for path in sys.argv[1:]:
    start, before = time.perf_counter(), time.process_time()
    f = ifcopenshell.open(path)
    opened = time.perf_counter()
    products = properties = texts = 0
    for p in f.by_type("IfcProduct"):
        products += 1
        texts += len(p.GlobalId) + len(p.Name or "") + len(p.is_a())
        for s in element.get_psets(p).values():
            for name, v in s.items():
                if name != "id":
                    properties += 1
                    texts += len(v) if isinstance(v, str) else 0
    print("ifcopenshell", path, f"{products} products", f"{properties} properties", f"{texts} bytes", f"open {opened - start:.3f} s",
          f"all {time.perf_counter() - start:.3f} s", f"{time.process_time() - before:.3f} CPU s", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB", sep="\t")
