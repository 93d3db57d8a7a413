"""Was axe auf einer Seite sucht."""

KENNZEICHEN = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

AXE = """axe.run(document, { runOnly: { type: 'tag', values: %s }, resultTypes: ['violations'] })
  .then(r => r.violations.map(v => `${v.id} (${v.nodes.length}x, ${v.nodes[0].target.join(' ')}): ${v.help}`))"""
