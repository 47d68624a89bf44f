using Llumnix.Adapters.Etcd;

namespace Llumnix.Adapters.Tests.Etcd;

public sealed class EtcdEndpointTests
{
    [Theory]
    [InlineData("etcd:2379", "http://etcd:2379/")]
    [InlineData("etcd", "http://etcd:2379/")]
    [InlineData(" 10.0.0.1:1 ", "http://10.0.0.1:1/")]
    [InlineData("[::1]:2379", "http://[::1]:2379/")]
    [InlineData("http://etcd", "http://etcd:2379/")]
    [InlineData("http://etcd:80", "http://etcd/")]
    [InlineData("https://etcd:443/", "https://etcd/")]
    [InlineData("https://etcd", "https://etcd:2379/")]
    public void Parse_Endpoint_IsAnAddress(string endpoint, string expected) =>
        Assert.Equal(expected, EtcdEndpoint.Parse(endpoint).AbsoluteUri);

    [Theory]
    [InlineData("")]
    [InlineData("ftp://etcd:2379")]
    [InlineData("etcd:99999")]
    [InlineData("etcd:0")]
    [InlineData("http://etcd:2379/v3")]
    [InlineData("http://root:s3cret@etcd:2379")]
    public void Parse_NoEndpoint_IsRefusedWithoutSecrets(string endpoint)
    {
        var error = Assert.Throws<ArgumentException>(() => EtcdEndpoint.Parse(endpoint));

        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }
}
