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
        Assert.StartsWith(name + " must be", Assert.Throws<ArgumentException>(() => Read((name, text))).Message, StringComparison.Ordinal);

    private static EngineEnvironment Read(params (string Name, string? Text)[] variables) =>
        EngineEnvironment.Read(name => variables.FirstOrDefault(variable => variable.Name == name).Text);
}
