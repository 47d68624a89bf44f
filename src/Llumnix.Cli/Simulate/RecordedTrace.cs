using Llumnix.Simulation.Traces;

namespace Llumnix.Cli.Simulate;

/// <summary>The trace of a workload, which all copies of the workload share: it is read once, however many rates and seeds play it, and may be a pipe. Thread-safe.</summary>
internal sealed class RecordedTrace
{
    private readonly Lock _lock = new();
    private string? _path;
    private TraceReading? _reading;

    /// <summary>Reads a file, unless it is the one that was read before.</summary>
    public TraceReading Read(string path)
    {
        lock (_lock)
        {
            if (_reading is null || _path != path)
            {
                (_path, _reading) = (path, TraceFile.Read(path));
            }

            return _reading;
        }
    }
}
