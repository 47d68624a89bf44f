using Llumnix.Cli.Simulate;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Cli.Tests.Simulate;

public sealed class RunProgressTests
{
    [Fact]
    public void Lines_EveryTenSeconds_TellTheTimeLeft()
    {
        var time = new FakeTimeProvider();
        using var errors = new StringWriter();
        var progress = new RunProgress(4, errors, time);
        progress.NoteWithLines("a", 0.5);
        time.Advance(TimeSpan.FromSeconds(9));
        progress.NoteWithLines("a", 1);
        Assert.Equal("", errors.ToString());
        time.Advance(TimeSpan.FromSeconds(1));
        progress.NoteWithLines("b", 0.25);
        progress.NoteWithLines("b", 0.5);
        Assert.Equal("1 of 4 runs, 31%, 0:10 so far, about 0:22 left", errors.ToString().TrimEnd());
        time.Advance(TimeSpan.FromSeconds(10));
        progress.NoteWithLines("b", 1);
        Assert.EndsWith("2 of 4 runs, 50%, 0:20 so far, about 0:20 left", errors.ToString().TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_AllIsDone_NoMore()
    {
        var time = new FakeTimeProvider();
        using var errors = new StringWriter();
        var progress = new RunProgress(1, errors, time);
        time.Advance(TimeSpan.FromMinutes(1));
        progress.NoteWithLines("a", 1);
        Assert.Equal("", errors.ToString());
        Assert.Equal(1, progress.Done);
    }
}
