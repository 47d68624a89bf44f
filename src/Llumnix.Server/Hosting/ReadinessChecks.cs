using Llumnix.Cluster.Cms;

namespace Llumnix.Server.Hosting;

/// <summary>The parts that can keep a scheduler from being ready.</summary>
internal static class ReadinessChecks
{
    internal static Func<string?> Cms(CmsSource source) => () =>
    {
        CmsSourceState state = source.State;
        return !state.Available ? $"the CMS does not answer{(state.LastError is null ? "" : $": {state.LastError}")}"
            : !state.FirstViewLoaded ? "the first view is not loaded yet"
            : null;
    };

    internal static Func<string?> Running(IServiceProvider services)
    {
        IHostApplicationLifetime lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        return () => lifetime.ApplicationStopping.IsCancellationRequested ? "stopping" : null;
    }
}
