namespace Llumnix.Server.Options.Table;

internal sealed class OptionBinding<T>(
    OptionType<T> type, Func<SchedulerOptions, T> get, Func<SchedulerOptions, T, SchedulerOptions> set) : IOptionBinding
{
    public string Expected => type.Expected;

    public string Write(SchedulerOptions options) => type.Write(get(options));

    public SchedulerOptions? Apply(string text, SchedulerOptions options) =>
        type.Read(text, out T value) && type.IsInRange(value) ? set(options, value) : null;

    public bool IsInRange(SchedulerOptions options) => type.IsInRange(get(options));
}
