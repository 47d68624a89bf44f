using Llumnix.Adapters.Otlp;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Llumnix.Server.Logging;

/// <summary>The log of a process: one line per record on the console, a limit per kind of record, and no active characters in texts.</summary>
public static class ProcessLogging
{
    /// <summary>Configures the log.</summary>
    /// <param name="logging">The builder; its present providers are removed.</param>
    /// <param name="verbosity">0 lifecycle and problems, 4 a record per decision, 5 everything.</param>
    /// <param name="time">The clock of the limits; the console stamps lines by its own.</param>
    /// <param name="collector">Gets the same records by OTLP; null: there is none.</param>
    /// <param name="service">The name of the service in them, unless the environment has another one.</param>
    public static void Configure(ILoggingBuilder logging, int verbosity, TimeProvider time, OtlpCollector? collector = null, string service = "")
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        // Only the limiting provider may write to the console.
        logging.ClearProviders();
        logging.Services.TryAddSingleton<ConsoleLoggerProvider>();
        logging.Services.AddSingleton<ILoggerProvider>(
            services => new LimitedLoggerProvider(services.GetRequiredService<ConsoleLoggerProvider>(), time));
        if (collector is not null)
        {
            logging.Services.AddSingleton(_ => new OtlpLogs(collector, service));
            logging.Services.AddSingleton<ILoggerProvider>(services => new LimitedLoggerProvider(services.GetRequiredService<OtlpLogs>(), time));
        }

        logging.SetMinimumLevel(verbosity switch { 5 => LogLevel.Trace, 4 => LogLevel.Debug, _ => LogLevel.Information });
        LogLevel ofLibraries = verbosity == 5 ? LogLevel.Information : LogLevel.Warning;
        logging.AddFilter("Microsoft", ofLibraries);
        // A peer that ends a call, as a replica that stops does, is a stack for the library; what it means is in our own records.
        logging.AddFilter("Grpc", ofLibraries);
    }
}
