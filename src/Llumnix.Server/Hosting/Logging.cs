namespace Llumnix.Server.Hosting;

/// <summary>Log levels from the verbosity flag: 0 lifecycle and problems, 4 a record per decision, 5 everything.</summary>
internal static class Logging
{
    internal static void Configure(ILoggingBuilder logging, int verbosity, bool isProcess)
    {
        logging.ClearProviders();
        if (!isProcess)
        {
            return;
        }

        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        logging.SetMinimumLevel(verbosity switch { 5 => LogLevel.Trace, 4 => LogLevel.Debug, _ => LogLevel.Information });
        logging.AddFilter("Microsoft", verbosity == 5 ? LogLevel.Information : LogLevel.Warning);
    }
}
