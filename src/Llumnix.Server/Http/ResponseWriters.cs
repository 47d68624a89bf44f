namespace Llumnix.Server.Http;

/// <summary>One response writer per thread.</summary>
internal static class ResponseWriters
{
    [ThreadStatic]
    private static SchedulingResponseWriter? _current;

    internal static SchedulingResponseWriter Current => _current ??= new SchedulingResponseWriter();
}
