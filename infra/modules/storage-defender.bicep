metadata description = 'Microsoft Defender for Storage on one account, with malware scanning of uploads.'

@description('Name of the storage account.')
@minLength(3)
@maxLength(24)
param accountName string

@description('Gigabytes a month that malware scanning may read; it stops there.')
@minValue(10)
@maxValue(1000000)
param capGbPerMonth int

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: accountName
}

resource settings 'Microsoft.Security/defenderForStorageSettings@2025-01-01' = {
  scope: account
  name: 'current'
  properties: {
    isEnabled: true
    malwareScanning: { onUpload: { isEnabled: true, capGBPerMonth: capGbPerMonth } }
    overrideSubscriptionLevelSettings: true
  }
}
