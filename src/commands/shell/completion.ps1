# Gives what $kind names: a list, what the program says. Of files nothing: PowerShell offers its own.
function RepobaseOffer($program, $kind, $repo) {
  if ($kind.StartsWith('=')) { return $kind.Substring(1).Split(',') }
  if ($kind -eq 'refs' -and $repo) { return & $program __complete refs $repo 2>$null }
  if (@('repos', 'refs', 'languages', 'models') -contains $kind) { return & $program __complete $kind 2>$null }
}

Register-ArgumentCompleter -Native -CommandName repobase -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $typed = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or ($wordToComplete -eq '' -and $_.Extent.EndOffset -le $cursorPosition) } | ForEach-Object { $_.Extent.Text.Trim("'`"") })
  $program = $typed[0]; $command = ''; $flag = ''; $repo = ''; $ended = $false; $place = 0
  foreach ($word in @($typed | Select-Object -Skip 1)) {
    if ($flag) { if ($flag -eq '--repo') { $repo = $word }; $flag = '' }
    elseif (-not $ended -and $word -eq '--') { $ended = $true }
    elseif (-not $ended -and $word -like '--*=*') { if ($word -like '--repo=*') { $repo = $word.Substring(7) } }
    elseif (-not $ended -and $word -like '-*') { if ($RepobaseValues["$command $word"]) { $flag = $word } }
    elseif ($place -eq 0 -and $RepobaseNext[$command] -and $RepobaseNext[$command].Contains($word)) { $command = "$command $word".Trim() }
    else {
      $kinds = @($RepobasePlaces[$command])
      if ($kinds[0] -eq 'repos' -and -not $repo) { $repo = $word }
      $place++
    }
  }
  $before = ''; $current = $wordToComplete
  if (-not $flag -and -not $ended -and $current -like '--*=*') {
    $flag, $current = $current.Split('=', 2)
    $before = "$flag="
  }
  $offered = [ordered]@{}
  if ($flag) { foreach ($word in @(RepobaseOffer $program $RepobaseValues["$command $flag"] $repo)) { if ($word) { $offered[$word] = $word } } }
  elseif (-not $ended -and $current -like '-*') { $offered = $RepobaseFlags[$command] }
  else {
    if ($place -eq 0 -and $RepobaseNext[$command]) { foreach ($word in $RepobaseNext[$command].Keys) { $offered[$word] = $RepobaseNext[$command][$word] } }
    $kinds = @($RepobasePlaces[$command] | Where-Object { $_ })
    if ($kinds.Count -gt 0) {
      $kind = if ($place -lt $kinds.Count) { $kinds[$place] } else { $kinds[-1] }
      if ($kind -eq '...') { $kind = $kinds[-2] }
      foreach ($word in @(RepobaseOffer $program $kind $repo)) { if ($word) { $offered[$word] = $word } }
    }
  }
  foreach ($word in $offered.Keys) {
    if (-not $word.StartsWith($current)) { continue }
    $text = if ($word -match '^[\w./+-]+$') { $word } else { "'" + $word.Replace("'", "''") + "'" }
    [System.Management.Automation.CompletionResult]::new("$before$text", $word, 'ParameterValue', $offered[$word])
  }
}
