using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Matrix;

public sealed class UnderIptablesNftTests(MatrixWorld world) : CaptureMatrix(world, CaptureBackend.IptablesNft), IClassFixture<MatrixWorld>;
