using Microsoft.Extensions.Logging;

namespace Llumnix.Testing.Logging;

/// <summary>Gives every category the same logger.</summary>
public sealed class OneLog(ILogger logger) : ILoggerFactory
{
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => logger;

    public void Dispose()
    {
    }
}
