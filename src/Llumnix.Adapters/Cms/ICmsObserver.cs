namespace Llumnix.Adapters.Cms;

/// <summary>Port: receives events of the CMS source, for telemetry. Called on the source's own loop; must not block.</summary>
public interface ICmsObserver
{
    /// <summary>The status of all instances has been read and parsed.</summary>
    /// <param name="duration">From the first request to the last value parsed.</param>
    void StatusRefreshed(TimeSpan duration);

    /// <summary>The metadata of all instances has been read and parsed.</summary>
    /// <param name="duration">From the first request to the last value parsed.</param>
    void MetadataRefreshed(TimeSpan duration);

    /// <summary>A new value was not usable. Called once per change of the value, not per poll.</summary>
    void ValueSkipped(CmsSkipReason reason);
}
