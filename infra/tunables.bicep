metadata description = 'The numbers that tune the app, with the ranges that it checks itself.'

@export()
@sealed()
@description('Tunables of the app; one that is left out keeps its default.')
type tunables = {
  @description('How many jobs\' worth of documents a lane claims at once, at the most: it begins with 4, and takes more where jobs take long and the service has room. Default: 24 jobs.')
  @minValue(1)
  @maxValue(24)
  JOBS_PER_BATCH: int?

  @description('How often the job of a document may come to nothing while the service answers others before the document fails; outages do not count. Default: 5 attempts.')
  @minValue(1)
  @maxValue(20)
  MAX_ATTEMPTS: int?

  @description('A larger document is not read; it gets a failure record. Default: 20 megabytes.')
  @minValue(1)
  @maxValue(100)
  MAX_DOCUMENT_MEGABYTES: int?

  @description('A PDF or presentation with more pages is not read; it gets a failure record. Default: 5000 pages.')
  @minValue(1)
  @maxValue(100000)
  MAX_DOCUMENT_PAGES: int?

  @description('A compressed file (.docx, .pptx) whose text parts unpack to more gets a failure record. Default: 100 megabytes.')
  @minValue(1)
  @maxValue(1000)
  MAX_UNPACKED_MEGABYTES: int?

  @description('A file with more elements, groups or messages inside each other gets a failure record. Default: 512 levels.')
  @minValue(16)
  @maxValue(10000)
  MAX_NESTED_LEVELS: int?

  @description('How long it may take to get the text out of one file that is not plain text; beyond, a failure record. Default: 60 seconds.')
  @minValue(1)
  @maxValue(300)
  EXTRACTION_SECONDS: int?

  @description('Memory of the thread that does this; a file that needs more gets a failure record. Default: 256 megabytes.')
  @minValue(64)
  @maxValue(2048)
  EXTRACTION_MEGABYTES: int?

  @description('A document that would be billed as more text records, over all tasks, is not sent; it gets a failure record. Default: 5000 records.')
  @minValue(1)
  @maxValue(1000000)
  MAX_TEXT_RECORDS_PER_DOCUMENT: int?

  @description('When a pipeline would send more text records than this in a day (UTC), its lanes wait for the next day. Default: 1000000 records.')
  @minValue(1)
  @maxValue(100000000)
  MAX_TEXT_RECORDS_PER_DAY: int?

  @description('How long one call to the Language service may take. Default: 60 seconds.')
  @minValue(5)
  @maxValue(230)
  REQUEST_TIMEOUT_SECONDS: int?

  @description('When a job is first polled, until a lane has learned how long its jobs take. Default: 2 seconds.')
  @minValue(1)
  @maxValue(300)
  FIRST_POLL_SECONDS: int?

  @description('The pause between two polls of a job grows up to this. Default: 30 seconds.')
  @minValue(1)
  @maxValue(600)
  LONGEST_POLL_SECONDS: int?

  @description('A lane blocked by a wrong setting or right tries again after a pause that grows up to this. Default: 300 seconds.')
  @minValue(5)
  @maxValue(3600)
  LONGEST_BLOCKED_SECONDS: int?

  @description('Calls that one Language resource takes in a minute: what estimates and the share of the quota reckon with. Default: 1000 calls.')
  @minValue(1)
  @maxValue(1000000)
  LANGUAGE_CALLS_PER_MINUTE: int?

  @description('How often the sweep looks for waiting work, missed documents and old instances. Default: 1 minutes.')
  @minValue(1)
  @maxValue(59)
  SWEEP_INTERVAL_MINUTES: int?

  @description('How many documents one listing of a sweep names; a sweep makes at most 20 of them, the next goes on. Default: 5000 documents.')
  @minValue(10)
  @maxValue(5000)
  SWEEP_PAGE_DOCUMENTS: int?

  @description('How long finished orchestration instances are kept for a reader before they are purged. Default: 7 days.')
  @minValue(1)
  @maxValue(365)
  KEEP_FINISHED_DAYS: int?
}
