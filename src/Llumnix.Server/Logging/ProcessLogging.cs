using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Llumnix.Server.Logging;

/// <summary>
/// How a process of ours writes its log: one line per record on the console, of which each kind is limited and no character can pretend to
/// be more than text.
/// </summary>
public static class ProcessLogging
{
    /// <summary>Sets the log up.</summary>
    /// <param name="logging">What is to be set up; its other providers go.</param>
    /// <param name="verbosity">0 lifecycle and problems, 4 a record per decision, 5 everything.</param>
    /// <param name="time">The clock of the limits; of lines the console has its own.</param>
    public static void Configure(ILoggingBuilder logging, int verbosity, TimeProvider time)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        // The console is written to by way of the limits only.
        logging.ClearProviders();
        logging.Services.TryAddSingleton<ConsoleLoggerProvider>();
        logging.Services.AddSingleton<ILoggerProvider>(
            services => new LimitedLoggerProvider(services.GetRequiredService<ConsoleLoggerProvider>(), time));
        logging.SetMinimumLevel(verbosity switch { 5 => LogLevel.Trace, 4 => LogLevel.Debug, _ => LogLevel.Information });
        logging.AddFilter("Microsoft", verbosity == 5 ? LogLevel.Information : LogLevel.Warning);
    }
}
