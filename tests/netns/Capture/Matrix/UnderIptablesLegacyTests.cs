using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Matrix;

public sealed class UnderIptablesLegacyTests(MatrixWorld world) : CaptureMatrix(world, CaptureBackend.IptablesLegacy), IClassFixture<MatrixWorld>;
