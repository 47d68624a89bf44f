using System.Collections.Concurrent;
using Llumnix.Adapters.Cms;

namespace Llumnix.Adapters.Tests.Cms;

/// <summary>Remembers what a source has told.</summary>
internal sealed class RecordingObserver : ICmsObserver
{
    public ConcurrentQueue<CmsSkipReason> Skipped { get; } = [];

    public ConcurrentQueue<TimeSpan> StatusDurations { get; } = [];

    public ConcurrentQueue<TimeSpan> MetadataDurations { get; } = [];

    public void StatusRefreshed(TimeSpan duration) => StatusDurations.Enqueue(duration);

    public void MetadataRefreshed(TimeSpan duration) => MetadataDurations.Enqueue(duration);

    public void ValueSkipped(CmsSkipReason reason) => Skipped.Enqueue(reason);
}
