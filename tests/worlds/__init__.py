"""Random worlds for the gate: drawn as facts, laid out as rows, judged by the oracle."""
