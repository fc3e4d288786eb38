# Verify this inspection pack: right click, Run with PowerShell; or: powershell -ExecutionPolicy Bypass -File verify.ps1
# Every file must have the SHA-256 that manifest.json records, no file may be missing or added, and the manifest must be
# the one this pack was made with. The chain of audit events is checked by verify.py. Exit code 0: all well; 1: not.
$ManifestSha256 = '@MANIFEST_SHA256@'
$NotListed = @('manifest.json', 'verify.py', 'verify.ps1')
$Folder = Split-Path -Parent $MyInvocation.MyCommand.Path
$Wrong = New-Object System.Collections.Generic.List[string]

function Get-Sha256($Path) { (Get-FileHash -LiteralPath $Path -Algorithm SHA256).Hash.ToLower() }

$ManifestPath = Join-Path $Folder 'manifest.json'
if (-not (Test-Path -LiteralPath $ManifestPath)) {
    $Wrong.Add('manifest.json is missing')
} else {
    if ((Get-Sha256 $ManifestPath) -ne $ManifestSha256) { $Wrong.Add('manifest.json was altered') }
    $Manifest = Get-Content -LiteralPath $ManifestPath -Raw -Encoding UTF8 | ConvertFrom-Json
    $Listed = @{}
    foreach ($Entry in $Manifest.files.PSObject.Properties) { $Listed[$Entry.Name] = $Entry.Value.sha256 }
    $Found = @{}
    foreach ($File in Get-ChildItem -LiteralPath $Folder -Recurse -File) {
        $Name = $File.FullName.Substring($Folder.Length + 1).Replace('\', '/')
        if ($NotListed -notcontains $Name) { $Found[$Name] = $File.FullName }
    }
    foreach ($Name in $Listed.Keys | Sort-Object) {
        if (-not $Found.ContainsKey($Name)) { $Wrong.Add("$Name is missing") }
        elseif ((Get-Sha256 $Found[$Name]) -ne $Listed[$Name]) { $Wrong.Add("$Name was altered") }
    }
    foreach ($Name in $Found.Keys | Sort-Object) {
        if (-not $Listed.ContainsKey($Name)) { $Wrong.Add("$Name was added") }
    }
}
Write-Output "Manifest SHA-256: $ManifestSha256"
Write-Output 'Compare it with the one that was printed when the pack was made.'
foreach ($Finding in $Wrong) { Write-Output "NOT WELL: $Finding" }
if ($Wrong.Count -gt 0) { Write-Output 'Something is not as it was recorded.'; exit 1 }
Write-Output 'Everything is as it was recorded.'
exit 0
