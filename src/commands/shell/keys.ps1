# Ctrl-G: searches as you type and puts the place that is chosen at the cursor.
if (Get-Command Set-PSReadLineKeyHandler -ErrorAction SilentlyContinue) {
  Set-PSReadLineKeyHandler -Chord 'Ctrl+g' -BriefDescription RepobasePlace -Description 'Search with repobase' -ScriptBlock {
    $place = repobase search -i
    [Microsoft.PowerShell.PSConsoleReadLine]::InvokePrompt()
    if ($place) {
      $text = if ($place -match '^[\w./:\\+-]+$') { $place } else { "'" + $place.Replace("'", "''") + "'" }
      [Microsoft.PowerShell.PSConsoleReadLine]::Insert("$text ")
    }
  }
}
