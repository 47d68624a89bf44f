namespace Llumnix.EngineEmulator.Tests;

public sealed class EngineEnvironmentTests
{
    [Theory]
    [InlineData(null, null, 0)]
    [InlineData("0", "70", 0)]
    [InlineData("1", null, 50)]
    [InlineData("1", "70", 70)]
    public void Read_Profiling_IsOnOnlyWhenEnabled(string? enabled, string? steps, int expected) =>
        Assert.Equal(expected, Read(("LLUMNIX_ENABLE_PROFILING", enabled), ("LLUMNIX_PROFILING_STEPS", steps)).ProfilingSteps);

    [Fact]
    public void Read_PushInterval_IsInSeconds()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(40), Read().StatusPushInterval);
        Assert.Equal(TimeSpan.FromMilliseconds(250), Read(("LLUMNIX_STATUS_PUSH_INTERVAL", "0.25")).StatusPushInterval);
    }

    [Fact]
    public void Read_MigrationSlots_AreOneEachUnlessSet()
    {
        Assert.Equal((1, 1), (Read().MaxMigrationsOut, Read().MaxMigrationsIn));
        EngineEnvironment environment = Read(("LLUMNIX_MAX_REQ_MIG_OUT", "4"), ("LLUMNIX_MAX_REQ_MIG_IN", "0"));
        Assert.Equal((4, 0), (environment.MaxMigrationsOut, environment.MaxMigrationsIn));
    }

    [Fact]
    public void Read_CmsRedisPassword_IsNotPrinted()
    {
        EngineEnvironment environment = Read(("LLUMNIX_CMS_REDIS_PASSWORD", "s3same"));
        Assert.Equal("s3same", environment.CmsRedisPassword.Reveal());
        Assert.DoesNotContain("s3same", environment.ToString(), StringComparison.Ordinal);
        Assert.True(Read().CmsRedisPassword.IsEmpty);
    }

    [Theory]
    [InlineData("LLUMNIX_MAX_REQ_MIG_OUT", "-1")]
    [InlineData("LLUMNIX_MAX_REQ_MIG_IN", "1.5")]
    [InlineData("LLUMNIX_PROFILING_STEPS", "many")]
    [InlineData("LLUMNIX_STATUS_PUSH_INTERVAL", "-1")]
    [InlineData("LLUMNIX_STATUS_PUSH_INTERVAL", "NaN")]
    public void Read_BadValue_NamesTheVariable(string name, string text) =>
        Assert.StartsWith(name + " must be", Assert.Single(FindProblems((name, text))), StringComparison.Ordinal);

    [Fact]
    public void Read_SeveralBadValues_AreToldTogether() => Assert.Equal(
        [
            "LLUMNIX_PROFILING_STEPS must be a number above 0 and at most 2147483647, not \"0\"",
            "LLUMNIX_STATUS_PUSH_INTERVAL must be a number above 0 and at most 3600, not \"soon\"",
            "LLUMNIX_MAX_REQ_MIG_OUT must be a whole number, 0 or above, not \"-1\"",
        ],
        FindProblems(("LLUMNIX_PROFILING_STEPS", "0"), ("LLUMNIX_STATUS_PUSH_INTERVAL", "soon"), ("LLUMNIX_MAX_REQ_MIG_OUT", "-1")));

    private static List<string> FindProblems(params (string Name, string? Text)[] variables)
    {
        var problems = new List<string>();
        EngineEnvironment.Read(name => variables.FirstOrDefault(variable => variable.Name == name).Text, problems);
        return problems;
    }

    private static EngineEnvironment Read(params (string Name, string? Text)[] variables) =>
        EngineEnvironment.Read(name => variables.FirstOrDefault(variable => variable.Name == name).Text, []);
}
