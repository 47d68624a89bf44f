using Llumnix.Adapters.Options;
using Llumnix.Server.Options;

namespace Llumnix.Server.Tests.Options;

public sealed class SchedulerOptionsParserTests
{
    [Fact]
    public void Parse_WithTheProcessEnvironment_ReadsFlagsAndFiles()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "cms-redis-host: store\n");
            OptionsParseResult<SchedulerOptions> result = SchedulerOptionsParser.Parse(["--config", path, "--port=5"], OptionsInput.Names);
            Assert.Equal(5, result.Options.Service.Port);
            Assert.Equal("store", result.Options.Cms.Redis.Host);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
