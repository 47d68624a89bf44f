using Llumnix.Cli.Profiling;
using Llumnix.Adapters.Profiles;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Cli.Tests.Profiling;

public sealed class ProfileTableFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    private string TablePath => Path.Combine(_directory.FullName, "table.json");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Add_Cells_AreWhatThePolicyReads()
    {
        ProfileTableFile table = Open();
        table.Add(CellStatistics.Of([30, 32, 31]), ("tokens_num", 200));
        table.Add(CellStatistics.Of([20]), ("tokens_num", 100));
        Assert.Equal(25.5, ProfilingTables.ParsePrefill(File.ReadAllBytes(TablePath), TablePath).At(150), 1e-9);
    }

    [Fact]
    public void Open_FileOfAnEarlierRun_GoesOnWithIt()
    {
        Open().Add(CellStatistics.Of([5]), ("batch_size", 2), ("tokens_per_request", 64));
        ProfileTableFile again = Open();
        Assert.True(again.Has(("batch_size", 2), ("tokens_per_request", 64)));
        Assert.False(again.Has(("batch_size", 2), ("tokens_per_request", 128)));
        again.Add(CellStatistics.Of([6]), ("batch_size", 2), ("tokens_per_request", 128));
        Assert.Equal(5.5, ProfilingTables.ParseDecode(File.ReadAllBytes(TablePath), TablePath, []).At(2, 96), 1e-9);
        Assert.Equal(["table.json"], _directory.GetFiles().Select(file => file.Name));
    }

    [Fact]
    public void Open_FileOfAnotherModel_IsRefused()
    {
        Open().Add(CellStatistics.Of([5]), ("tokens_num", 1));
        ProfileException exception = Assert.Throws<ProfileException>(() => ProfileTableFile.Open(TablePath, "other", "", new FakeTimeProvider()));
        Assert.Contains("of model 'm', not of 'other'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"results\":")]
    [InlineData("[1]")]
    [InlineData("{\"results\":{}}")]
    public void Open_FileThatIsNoTable_IsRefused(string text)
    {
        File.WriteAllText(TablePath, text);
        Assert.Contains("no profiling table", Assert.Throws<ProfileException>(Open).Message, StringComparison.Ordinal);
    }

    private ProfileTableFile Open() => ProfileTableFile.Open(TablePath, "m", "test", new FakeTimeProvider());
}
