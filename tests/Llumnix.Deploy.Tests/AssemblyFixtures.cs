using Llumnix.Deploy.Tests.Images;

[assembly: AssemblyFixture(typeof(PublishedTree))]
