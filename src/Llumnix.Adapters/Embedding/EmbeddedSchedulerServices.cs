using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Extensions;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Embedding;

/// <summary>Adds a scheduler to the services of a program.</summary>
public static class EmbeddedSchedulerServices
{
    /// <summary>
    /// Adds a scheduler over plain engines: <see cref="IRequestScheduler"/> to place requests, <see cref="EmbeddedScheduler"/> to change the list of engines,
    /// and what keeps it fresh while the host runs. The host's <see cref="TimeProvider"/> and logging are used where there are any.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="InvalidOperationException">The services have a scheduler already.</exception>
    public static EmbeddedSchedulerBuilder AddLlumnixScheduler(this IServiceCollection services, EmbeddedSchedulerOptions? options = null)
    {
        if (services.Any(static service => service.ServiceType == typeof(EmbeddedSchedulerFactory)))
        {
            throw new InvalidOperationException("AddLlumnixScheduler was called before: a program has one set of options for its schedulers.");
        }

        ExtensionSet<FullModeInstance> extensions = new SchedulerExtensions().FullMode;
        options ??= new EmbeddedSchedulerOptions();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new EmbeddedSchedulerFactory(
            options, extensions, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(static provider => provider.GetRequiredService<EmbeddedSchedulerFactory>().Make());
        services.AddSingleton<IRequestScheduler>(static provider => provider.GetRequiredService<EmbeddedScheduler>().Scheduler);
        services.AddHostedService<EmbeddedSchedulerService>();
        return new EmbeddedSchedulerBuilder(services, extensions);
    }
}
