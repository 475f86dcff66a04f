// Microdisk with a conical side wall on a pedestal and a substrate. Meridian half plane: x = r, y = z, in um.
// The defaults are the GaAs disk of Srinivasan et al. (Opt. Express 14, 1094, 2006), of which the median diameter is given.

DefineConstant[
  median_diameter = {2.12, Name "median diameter of the disk (um)"}
  thickness = {0.255, Name "disk thickness (um)"}
  wall_angle_deg = {26.0, Name "side wall against the vertical (deg): the disk is wider below"}
  pedestal_diameter = {0.8, Name "pedestal diameter (um)"}
  pedestal_height = {1.0, Name "pedestal height (um)"}
  substrate = {0.5, Name "substrate thickness in the section (um)"}
  margin = {1.5, Name "surround beyond the disk (um)"}
  rim_size = {0.06, Name "element size at the rim (um)"}
  far_size = {0.3, Name "element size far away (um)"}
  rim_reach = {0.35, Name "fine within this distance of the rim (um)"}
];
If (thickness <= 0 || wall_angle_deg < 0 || wall_angle_deg >= 90 || thickness * Tan(wall_angle_deg * Pi / 180) >= median_diameter)
  Error("wall_angle_deg: must be 0 to 90 and leave the disk a top");
EndIf
If (substrate <= 0)
  Error("substrate: must be above 0");
EndIf
If (pedestal_diameter <= 0 || pedestal_height <= 0 || pedestal_diameter >= median_diameter)
  Error("pedestal_diameter: must lie between 0 and median_diameter");
EndIf
h = thickness / 2;
lean = h * Tan(wall_angle_deg * Pi / 180);
top = median_diameter / 2 - lean;
low = median_diameter / 2 + lean;
p = pedestal_diameter / 2;
ground = -h - pedestal_height;
wide = low + margin;

Point(1) = {0, -h, 0};
Point(2) = {p, -h, 0};
Point(3) = {low, -h, 0};
Point(4) = {top, h, 0};
Point(5) = {0, h, 0};
Point(6) = {p, ground, 0};
Point(7) = {0, ground, 0};
Point(8) = {wide, ground, 0};
Point(9) = {wide, ground - substrate, 0};
Point(10) = {0, ground - substrate, 0};
Point(11) = {wide, h + margin, 0};
Point(12) = {0, h + margin, 0};

Line(1) = {1, 2};
Line(2) = {2, 3};
Line(3) = {3, 4};
Line(4) = {4, 5};
Line(5) = {5, 1};
Line(6) = {2, 6};
Line(7) = {6, 7};
Line(8) = {7, 1};
Line(9) = {6, 8};
Line(10) = {8, 9};
Line(11) = {9, 10};
Line(12) = {10, 7};
Line(13) = {8, 11};
Line(14) = {11, 12};
Line(15) = {12, 5};

Curve Loop(1) = {1, 2, 3, 4, 5};
Plane Surface(1) = {1};
Curve Loop(2) = {6, 7, 8, 1};
Plane Surface(2) = {2};
Curve Loop(3) = {9, 10, 11, 12, -7};
Plane Surface(3) = {3};
Curve Loop(4) = {9, 13, 14, 15, -4, -3, -2, 6};
Plane Surface(4) = {4};

Physical Surface("body") = {1};
Physical Surface("pedestal") = {2};
Physical Surface("substrate") = {3};
Physical Surface("surround") = {4};
Physical Curve("rim") = {2, 3, 4};
Physical Curve("joint") = {1};
Physical Curve("pedestal_surface") = {6};
Physical Curve("ground") = {7, 9};
Physical Curve("axis") = {5, 8, 12, 15};
Physical Curve("outer") = {10, 11, 13, 14};

equator() = {3, 4};
Include "size_field.geo";
