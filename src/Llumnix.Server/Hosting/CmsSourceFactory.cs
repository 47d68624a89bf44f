using CmsSettings = Llumnix.Adapters.Cms.CmsOptions;

namespace Llumnix.Server.Hosting;

/// <summary>The CMS source's settings from the flags.</summary>
internal static class CmsSourceFactory
{
    internal static CmsSettings SettingsOf(Options.CmsOptions options) => new()
    {
        Host = options.RedisHost,
        Port = options.RedisPort,
        User = options.RedisUsername,
        Password = options.RedisPassword.Reveal(),
        UseTls = options.UseRedisTls,
        CaFile = options.RedisCaFile,
        Timeout = options.RedisTimeout,
        RetryTimes = options.RedisRetries,
        StatusInterval = options.PullStatusInterval,
        MetadataInterval = options.PullMetadataInterval,
    };
}
