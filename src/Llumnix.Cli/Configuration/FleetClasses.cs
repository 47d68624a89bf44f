using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Cli.Configuration;

/// <summary>The instances that a CMS has now, each with the class of tables that would predict its latencies.</summary>
/// <param name="Instances">Ids with the names of their classes, by id.</param>
/// <param name="Problem">Why they could not be read; null when they could.</param>
internal sealed record FleetClasses(IReadOnlyList<(string Id, string Class)> Instances, string? Problem)
{
    /// <summary>How long a CMS may take to give its instances.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Reads them as a scheduler would.</summary>
    /// <param name="cms">Where the CMS is.</param>
    /// <param name="profiles">The tables, which have been checked.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends early.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal static async Task<FleetClasses> ReadAsync(CmsOptions cms, ProfileOptions profiles, TimeProvider time, CancellationToken cancellation)
    {
        var view = new SettledView();
        var source = new CmsSource(cms, view, time, NullLogger<CmsSource>.Instance);
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        Task polling = source.RunAsync(stop.Token);
        try
        {
            await Task.WhenAny(view.Settled, polling);
        }
        finally
        {
            await stop.CancelAsync();
            await polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellation.ThrowIfCancellationRequested();
        if (!view.Settled.IsCompletedSuccessfully)
        {
            return new FleetClasses([], $"the CMS does not answer within {Timeout.TotalSeconds:0} s{(source.State.LastError is { } error ? $": {error}" : "")}");
        }

        // The tables themselves are of no matter here.
        LatencyProfile any = LatencyProfile.Unknown;
        var classes = new ProfileClasses(
            [.. ProfileRulesFile.ReadEntries(profiles.ClassesPath).Select(entry => new ProfileRule(entry.Name, entry.Conditions, any))],
            profiles.HasDefault ? any : null);
        return new FleetClasses([.. (await view.Settled).Select(metadata => (metadata.InstanceId, classes.Of(metadata).Name)).OrderBy(static pair => pair.InstanceId, StringComparer.Ordinal)], null);
    }

    /// <summary>Waits for two polls in a row with as many instances: of a large store the first ones find only a part.</summary>
    private sealed class SettledView : IClusterStateSink
    {
        private readonly TaskCompletionSource<InstanceMetadata[]> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _before = -1;

        public Task<InstanceMetadata[]> Settled => _settled.Task;

        public void Synchronize(IReadOnlyList<InstanceReading> readings)
        {
            if (readings.Count == _before)
            {
                _settled.TrySetResult([.. readings.Select(static reading => reading.Metadata)]);
            }

            _before = readings.Count;
        }

        /// <summary>Nothing of the newer statuses is of use here.</summary>
        public void Update(IReadOnlyList<InstanceReading> changed)
        {
        }

        public bool IsSilent() => false;

        public void SetStoreAvailable(bool available)
        {
        }
    }
}
