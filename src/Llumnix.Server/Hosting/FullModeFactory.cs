using Llumnix.Scheduling;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Server.Options;

namespace Llumnix.Server.Hosting;

/// <summary>Makes the full-mode scheduler that validated options describe.</summary>
internal static class FullModeFactory
{
    internal static FullModeScheduler Make(SchedulerOptions options, MetricCatalogue<FullModeInstance> metrics, TimeProvider time)
    {
        var settings = new FullModeSettings
        {
            FailureDomain = FailureDomainNames.TryParse(options.Failover.Domain, out FailureDomain domain)
                ? domain
                : throw new ArgumentException($"unknown failure domain '{options.Failover.Domain}'", nameof(options)),
            StalenessLimit = options.Failover.InstanceStaleness,
            IsLedgerEnabled = options.Dispatch.IsLedgerEnabled,
            LedgerEntryLifetime = options.Dispatch.LedgerEntryLifetime,
            IsCacheAware = options.CacheAware.IsEnabled,
        };
        return new FullModeScheduler(
            new FullModePolicies(metrics).Build(options.Policy.Name, PolicyFactory.SettingsOf(options.Dispatch, options.CacheAware.IsEnabled)),
            settings,
            time,
            PolicyFactory.MakeRandom(options.Service.Seed));
    }
}
