namespace Intercept.Tests.Pods.Containers;

/// <summary>All tests that run pods share one machine, one after the other: images are loaded once.</summary>
[CollectionDefinition(Name)]
public sealed class MachineCollection : ICollectionFixture<Machine>
{
    public const string Name = "machine";
}
